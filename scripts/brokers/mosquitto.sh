# shellcheck shell=bash disable=SC2034,SC2154 # brokers.sh reads this file and sets the variables
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# Mosquitto for brokers.sh. Its password file takes no `:` in user names, its dynamic-security plugin does: so the names
# with a virtual host that RabbitMQ splits are plain names here, each with the rights of the name behind the colon.

mosquitto_needs() {
  PATH=$PATH:/usr/sbin:/usr/local/sbin
  needs mosquitto
  needs openssl
}

mosquitto_ports() {
  printf '%s\n' "MQTT=$mqtt" "MQTTS=$mqtts" "MQTTS_CLIENT=$mqtts_client"
}

# All that is kept is written at every change: what Mosquitto offers for the case that it is killed.
mosquitto_configure() {
  local plugin
  plugin=$(find /usr/lib /usr/local/lib -name mosquitto_dynamic_security.so -print -quit)
  [ -n "$plugin" ] || fail "mosquitto_dynamic_security.so is missing: the package mosquitto has it"
  mkdir -p data
  mosquitto_users >dynamic-security.json
  cat >mosquitto.conf <<END
user $(id -un)
allow_anonymous false
plugin $plugin
plugin_opt_config_file $folder/dynamic-security.json
persistence true
persistence_location $folder/data/
autosave_on_changes true
autosave_interval 1
max_queued_messages 0
log_dest stderr
log_type all
listener $mqtt 127.0.0.1
listener $mqtts 127.0.0.1
cafile $folder/ca.pem
certfile $folder/server.pem
keyfile $folder/server.key
listener $mqtts_client 127.0.0.1
cafile $folder/ca.pem
certfile $folder/server.pem
keyfile $folder/server.key
require_certificate true
END
}

# The plugin's own file: clients with hashed passwords, and what their roles may do.
mosquitto_users() {
  local salt hash user name clients=()
  salt=$(openssl rand -hex 6) # twelve bytes, as the plugin has them
  hash=$(openssl kdf -keylen 64 -binary -kdfopt digest:SHA512 -kdfopt "pass:$password" -kdfopt "salt:$salt" \
    -kdfopt iter:101 PBKDF2 | base64 -w 0)
  salt=$(printf %s "$salt" | base64 -w 0)
  for user in "${USERS[@]}"; do
    for name in "$user" "/:$user" "$VHOST:$user"; do
      clients+=("{\"username\": \"$name\", \"roles\": [{\"rolename\": \"$user\"}],
        \"password\": \"$hash\", \"salt\": \"$salt\", \"iterations\": 101}")
    done
  done
  cat <<END
{
  "defaultACLAccess": {
    "publishClientSend": false, "publishClientReceive": true, "subscribe": false, "unsubscribe": true
  },
  "clients": [$(IFS=, && echo "${clients[*]}")],
  "roles": [
    {"rolename": "${USERS[0]}", "acls": [
      {"acltype": "publishClientSend", "topic": "#", "allow": true},
      {"acltype": "subscribePattern", "topic": "#", "allow": true}
    ]},
    {"rolename": "${USERS[1]}", "acls": [
      {"acltype": "publishClientSend", "topic": "${USERS[1]}/#", "allow": true},
      {"acltype": "subscribePattern", "topic": "#", "allow": true}
    ]},
    {"rolename": "${USERS[2]}", "acls": [
      {"acltype": "subscribePattern", "topic": "#", "allow": true}
    ]},
    {"rolename": "${USERS[3]}", "acls": []}
  ]
}
END
}

mosquitto_run() {
  PATH=$PATH:/usr/sbin:/usr/local/sbin
  exec mosquitto -c mosquitto.conf
}

mosquitto_ready() {
  grep -q 'mosquitto version .* running' console.log
}

mosquitto_pid() {
  echo "$1"
}

mosquitto_ctl() {
  fail "ctl is rabbitmqctl, and $folder is the folder of a mosquitto"
}
