/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright The libbyteport authors */
/*
 * The readings that bench/outbox.c hands to an outbox, written by SQLite alone: a row for each, so many rows to a
 * commit, and one that is forced onto the disk every 5 s and at the end, as an outbox does unless told otherwise.
 * usage: outbox_sqlite FILE ROWS ROWS_PER_COMMIT */
#define _POSIX_C_SOURCE 200809L
#include <sqlite3.h>

#include "measure.h"

static sqlite3 *db;

static void check(int code, int expected) {
    if (code != expected) {
        fprintf(stderr, "outbox_sqlite: %s\n", sqlite3_errmsg(db));
        exit(1);
    }
}

static void run(const char *sql) { check(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK); }

static long long micros(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void insert(sqlite3_stmt *statement, long i) {
    char text[96];
    int length = snprintf(text, sizeof text, "number=%ld&temp=20.25&state=rolling", i);
    check(sqlite3_bind_int64(statement, 1, i), SQLITE_OK);
    check(sqlite3_bind_int64(statement, 2, micros()), SQLITE_OK);
    check(sqlite3_bind_text(statement, 3, "myownspace.barDev1", -1, SQLITE_STATIC), SQLITE_OK);
    check(sqlite3_bind_text(statement, 4, text, length, SQLITE_STATIC), SQLITE_OK);
    check(sqlite3_step(statement), SQLITE_DONE);
    check(sqlite3_reset(statement), SQLITE_OK);
}

static void fill(sqlite3_stmt *statement, long rows, long per_commit) {
    long long forced = micros();
    for (long i = 1; i <= rows;) {
        long long now = micros();
        int is_due = now - forced >= 5000000;
        run(is_due ? "PRAGMA synchronous = FULL; BEGIN IMMEDIATE" : "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE");
        for (long end = i + per_commit; i < end && i <= rows; i++) insert(statement, i);
        run("COMMIT");
        if (is_due) forced = now;
    }
    run("PRAGMA synchronous = FULL; PRAGMA user_version = 1"); /* the last commit is forced onto the disk */
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    long rows = strtol(argv[2], NULL, 10), per_commit = strtol(argv[3], NULL, 10);
    if (rows < 1 || per_commit < 1) return 2;
    check(sqlite3_open(argv[1], &db), SQLITE_OK);
    run("PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 1048576; PRAGMA wal_autocheckpoint = 256;"
        "CREATE TABLE reading (sequence INTEGER PRIMARY KEY, micros INTEGER NOT NULL, address TEXT NOT NULL,"
        " form TEXT NOT NULL) STRICT;");
    sqlite3_stmt *statement;
    check(sqlite3_prepare_v2(db, "INSERT INTO reading VALUES (?1, ?2, ?3, ?4)", -1, &statement, NULL), SQLITE_OK);
    struct measure start = measure_now();
    fill(statement, rows, per_commit);
    measure_print(start, rows);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return 0;
}
