# shellcheck shell=bash disable=SC2153,SC2154 # brokers.sh reads this file and sets the variables
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# RabbitMQ with its MQTT and STOMP plugins for brokers.sh. Each has a name server for Erlang nodes (epmd) and a cookie of its
# own, so that instances do not know of each other. Both protocols store into one durable queue in each virtual host.

rabbitmq_programs=/usr/lib/rabbitmq/bin # the ones on PATH change to another user

rabbitmq_needs() {
  [ -x $rabbitmq_programs/rabbitmq-server ] || fail "rabbitmq-server is missing: scripts/setup.sh test installs it"
  needs epmd
  needs openssl
}

rabbitmq_ports() {
  printf '%s\n' "MQTT=$mqtt" "MQTTS=$mqtts" "STOMP=$stomp" "STOMPS=$stomps"
}

rabbitmq_configure() {
  : >rabbitmq-env.conf
  echo '[rabbitmq_mqtt,rabbitmq_stomp].' >enabled_plugins
  openssl rand -hex 20 >.erlang.cookie
  chmod 400 .erlang.cookie
  rabbitmq_definitions >definitions.json
  cat >rabbitmq.conf <<END
listeners.tcp = none
mqtt.listeners.tcp.1 = 127.0.0.1:$mqtt
mqtt.listeners.ssl.1 = 127.0.0.1:$mqtts
mqtt.allow_anonymous = false
stomp.listeners.tcp.1 = 127.0.0.1:$stomp
stomp.listeners.ssl.1 = 127.0.0.1:$stomps
ssl_options.cacertfile = $folder/ca.pem
ssl_options.certfile = $folder/server.pem
ssl_options.keyfile = $folder/server.key
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = false
disk_free_limit.absolute = 10MB
load_definitions = $folder/definitions.json
END
}

# rabbitmq_permission USER VHOST CONFIGURE WRITE READ
rabbitmq_permission() {
  echo "{\"user\": \"$1\", \"vhost\": \"$2\", \"configure\": \"$3\", \"write\": \"$4\", \"read\": \"$5\"}"
}

# Both users that may not publish for the service have queues of their own to read. RabbitMQ refuses what they publish over
# MQTT in two ways: by the topic, and the connection ends; by the exchange, and there is never an answer.
rabbitmq_definitions() {
  local salt hash user vhost users=() queues=() bindings=() permissions=() topics=()
  local own='^(mqtt|stomp)-subscription-' exchange='^amq[.]topic$'
  salt=$(openssl rand -hex 2) # four bytes, as RabbitMQ has them
  hash=$({ printf %s "$salt" && printf %s "$salt$password" | openssl dgst -sha256 -binary; } | base64 -w 0)
  for user in "${USERS[@]}"; do
    users+=("{\"name\": \"$user\", \"password_hash\": \"$hash\", \"tags\": \"\",
      \"hashing_algorithm\": \"rabbit_password_hashing_sha256\"}")
  done
  for vhost in / "$VHOST"; do
    queues+=("{\"vhost\": \"$vhost\", \"name\": \"$QUEUE\", \"durable\": true, \"auto_delete\": false, \"arguments\": {}}")
    bindings+=("{\"vhost\": \"$vhost\", \"source\": \"amq.topic\", \"destination\": \"$QUEUE\",
      \"destination_type\": \"queue\", \"routing_key\": \"$QUEUE\", \"arguments\": {}}")
    permissions+=("$(rabbitmq_permission "${USERS[0]}" "$vhost" '.*' '.*' '.*')"
      "$(rabbitmq_permission "${USERS[1]}" "$vhost" "$own" "$own|$exchange" "$own|$exchange")"
      "$(rabbitmq_permission "${USERS[2]}" "$vhost" "$own" "$own" "$own|$exchange")")
    topics+=("{\"user\": \"${USERS[1]}\", \"vhost\": \"$vhost\", \"exchange\": \"amq.topic\",
      \"write\": \"^${USERS[1]}[.]\", \"read\": \".*\"}")
  done
  local IFS=,
  cat <<END
{
  "vhosts": [{"name": "/"}, {"name": "$VHOST"}],
  "users": [${users[*]}],
  "permissions": [${permissions[*]}],
  "topic_permissions": [${topics[*]}],
  "queues": [${queues[*]}],
  "bindings": [${bindings[*]}]
}
END
}

rabbitmq_environment() {
  local name
  for name in "${!RABBITMQ_@}"; do unset "$name"; done # the caller's settings are another broker's
  export HOME=$folder RABBITMQ_NODENAME=byteport-$dist@localhost RABBITMQ_DIST_PORT=$dist
  export ERL_EPMD_PORT=$epmd ERL_EPMD_ADDRESS=127.0.0.1
  export RABBITMQ_MNESIA_BASE=$folder/mnesia RABBITMQ_LOG_BASE=$folder/log RABBITMQ_LOGS=- RABBITMQ_PID_FILE=$folder/rabbitmq.pid
  export RABBITMQ_CONF_ENV_FILE=$folder/rabbitmq-env.conf RABBITMQ_CONFIG_FILE=$folder/rabbitmq.conf
  export RABBITMQ_ADVANCED_CONFIG_FILE=$folder/advanced.config RABBITMQ_ENABLED_PLUGINS_FILE=$folder/enabled_plugins
  export RABBITMQ_FEATURE_FLAGS_FILE=$folder/feature_flags RABBITMQ_GENERATED_CONFIG_DIR=$folder/config
  # on loopback alone, and without threads that wait busily: many tests share the machine
  export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none'
  export RABBITMQ_CTL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
  export RABBITMQ_CTL_DIST_PORT_MIN=$((dist + 1)) RABBITMQ_CTL_DIST_PORT_MAX=$((dist + 200))
}

rabbitmq_run() {
  rabbitmq_environment
  rm -f rabbitmq.pid
  exec $rabbitmq_programs/rabbitmq-server
}

# Ports alone are no sign: the plugins listen before users and queues are there.
rabbitmq_ready() {
  grep -q 'Server startup complete' console.log
}

rabbitmq_pid() {
  cat rabbitmq.pid
}

rabbitmq_ctl() {
  serving || fail "no broker runs in $folder: start it first"
  rabbitmq_environment
  exec env BYTEPORT_BROKER="$folder" $rabbitmq_programs/rabbitmqctl "$@"
}
