/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright The libbyteport authors */
/*
 * The rows that byteport-server keeps of small readings, written by SQLite alone: the same table, the same settings, so many
 * rows to a commit. Prints the rows and the microseconds. Arguments: FILE ROWS ROWS_PER_COMMIT.
 */
#define _POSIX_C_SOURCE 200809L
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static sqlite3 *db;

static void check(int code, int expected) {
    if (code != expected) {
        fprintf(stderr, "sqlite_insert: %s\n", sqlite3_errmsg(db));
        exit(1);
    }
}

static void run(const char *sql) { check(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK); }

static long long micros(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void insert(sqlite3_stmt *statement, long long row) {
    /* Three fields of each of 16 devices, a microsecond apart, as bench/store.lua sends them. */
    static const char *const texts[] = {NULL, "20.25", "rolling"};
    char number[24];
    snprintf(number, sizeof number, "%lld", row / 3);
    const char *text = texts[row % 3] ? texts[row % 3] : number;
    check(sqlite3_bind_int64(statement, 1, row % 48), SQLITE_OK);
    check(sqlite3_bind_int64(statement, 2, 1410613385000000LL + row / 3), SQLITE_OK);
    check(sqlite3_bind_text(statement, 3, text, -1, SQLITE_TRANSIENT), SQLITE_OK);
    check(sqlite3_step(statement), SQLITE_DONE);
    check(sqlite3_reset(statement), SQLITE_OK);
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    long long rows = atoll(argv[2]), per_commit = atoll(argv[3]);
    if (rows < 1 || per_commit < 1) return 2;
    check(sqlite3_open(argv[1], &db), SQLITE_OK);
    run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864;"
        "CREATE TABLE value (field_id INTEGER NOT NULL, micros INTEGER NOT NULL, text TEXT NOT NULL,"
        " PRIMARY KEY (field_id, micros)) STRICT, WITHOUT ROWID;");
    sqlite3_stmt *statement;
    check(sqlite3_prepare_v2(db, "INSERT OR REPLACE INTO value VALUES (?1, ?2, ?3)", -1, &statement, NULL), SQLITE_OK);
    long long start = micros();
    for (long long row = 0; row < rows;) {
        run("BEGIN IMMEDIATE");
        for (long long i = 0; i < per_commit && row < rows; i++, row++) insert(statement, row);
        run("COMMIT");
    }
    long long took = micros() - start;
    sqlite3_finalize(statement);
    sqlite3_close(db);
    printf("{\"rows\": %lld, \"microseconds\": %lld}\n", rows, took);
    return 0;
}
