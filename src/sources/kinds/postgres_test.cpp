#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/format.h"
#include "sources/source.h"
#include "testing/postgres_fixture.h"
#include "testing/show_table.h"
#include "testing/thrown.h"

namespace asof {
namespace {

using asof::testing::PostgresServer;
using asof::testing::show;
using asof::testing::Thrown;
using asof::testing::thrown_by;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

PostgresServer& server() { return PostgresServer::shared(); }

ReadRequest request(const std::string& relation, std::vector<ColumnRequest> columns = {}, const TimeZone& zone = {}) {
  return {.table = "events",
          .from = "postgres:" + server().url("reader") + "#" + relation,
          .columns = std::move(columns),
          .zone = zone,
          .threads = 2};
}

std::string read(const std::string& relation, std::vector<ColumnRequest> columns = {}, const TimeZone& zone = {}) {
  return show(read_table(request(relation, std::move(columns), zone)));
}

Thrown refusal(const ReadRequest& wanted) {
  Thrown thrown = thrown_by([&] { read_table(wanted); });
  EXPECT_THAT(thrown.message, Not(HasSubstr("secret"))) << "a password is shown";
  EXPECT_THAT(thrown.message, Not(HasSubstr("\n"))) << "more than one line";
  return thrown;
}

/// A query of one column `x` with the values given, without a table.
std::string values(const std::string& list) { return "select x from (values " + list + ") as v(n, x) order by n"; }

TEST(PostgresSource, every_scalar_type_is_delivered) {
  server().run_sql(R"(
    create type mood as enum ('sad', 'happy');
    create table every_type (
      small smallint, medium integer, large bigint, single real, double double precision, exact numeric(12, 2), flag boolean,
      words text, named varchar(20), fixed char(5), id uuid, feeling mood, document json,
      moment timestamptz, local timestamp, day date);
    insert into every_type values
      (1, 2, 9223372036854775807, 0.5, 0.1, 123.45, true, 'a', 'b', 'c', '0f458471-6df4-4b71-8803-d624fba506f4', 'happy', '{"k": 1}',
       '2024-01-01T00:00:00.123456Z', '2024-01-01T03:00:00', '2024-01-01'),
      (null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);)");
  EXPECT_EQ(
      read("every_type", {}, TimeZone::named("Africa/Nairobi")),
      "small integer: 1 | -\nmedium integer: 2 | -\nlarge integer: 9223372036854775807 | -\n"
      "single real: 0.5 | -\ndouble real: 0.1 | -\nexact real: 123.45 | -\nflag boolean: true | -\n"
      "words text: a | -\nnamed text: b | -\nfixed text: c | -\n"
      "id text: 0f458471-6df4-4b71-8803-d624fba506f4 | -\nfeeling text: happy | -\ndocument text: {\"k\": 1} | -\n"
      "moment time: 2024-01-01T00:00:00.123456Z | -\nlocal time: 2024-01-01T00:00:00Z | -\nday time: "
      "2023-12-31T21:00:00Z | -\n");
}

TEST(PostgresSource, only_wanted_columns_are_read_in_the_order_asked_for) {
  server().run_sql("create table wide (a int, b int[], c text); insert into wide values (1, '{1}', 'x')");
  EXPECT_EQ(read("wide", {{.name = "c"}, {.name = "a"}}), "c text: x\na integer: 1\n");
}

TEST(PostgresSource, tables_views_and_queries_are_read_alike) {
  server().run_sql(R"(
    create table plain (id bigint, name text); insert into plain values (1, 'a'), (2, 'b');
    create schema other; grant usage on schema other to reader;
    create table other.plain (id bigint); insert into other.plain values (3); grant select on other.plain to reader;
    create view seen as select id * 10 as id from plain;
    create table "Odd.Name ""x""" ("user's id" bigint, "select" text); insert into "Odd.Name ""x""" values (7, 'y');)");
  EXPECT_EQ(read("plain"), "id integer: 1 | 2\nname text: a | b\n");
  EXPECT_EQ(read("other.plain"), "id integer: 3\n");
  EXPECT_EQ(read("public.seen"), "id integer: 10 | 20\n");
  EXPECT_EQ(read("\"Odd.Name \"\"x\"\"\""), "user's id integer: 7\nselect text: y\n");
  EXPECT_EQ(read("select id, count(*) as n from plain group by id order by id;"),
            "id integer: 1 | 2\nn integer: 1 | 1\n");
  EXPECT_EQ(read("WITH two AS (SELECT 2 AS id) SELECT * FROM two -- a remark"), "id integer: 2\n");
  EXPECT_EQ(read("select '{\"a\": \"#\"}'::json #>> '{a}' as x"), "x text: #\n") << "only the first # divides";
}

TEST(PostgresSource, a_name_that_begins_like_a_query_is_a_name) {
  server().run_sql(R"(
    create table with_drawals (id int); insert into with_drawals values (1);
    create table select_log (id int); insert into select_log values (2);
    create schema "with"; grant usage on schema "with" to reader;
    create table "with".x (id int); insert into "with".x values (3); grant select on "with".x to reader;)");
  EXPECT_EQ(read("with_drawals"), "id integer: 1\n");
  EXPECT_EQ(read("select_log"), "id integer: 2\n");
  EXPECT_EQ(read("with.x"), "id integer: 3\n");
}

TEST(PostgresSource, a_query_may_begin_with_space_and_remarks) {
  for (const char* const query :
       {" \n select 1 as id", "-- the first\n-- of two\nselect 1 as id", "/* one */ SELECT 1 AS id", "select(1) as id",
        "select\n1 as id", "(select 1 as id)", "with/* two */ x as (select 1 as id) select * from x"}) {
    EXPECT_EQ(read(query), "id integer: 1\n") << query;
  }
  EXPECT_EQ(refusal(request("select")).kind, Error::kInvalidInput);
}

TEST(PostgresSource, reals_of_single_precision_are_what_their_text_is_in_csv) {
  EXPECT_EQ(read(values("(1, 0.1::real), (2, 'NaN'), (3, 16777216), (4, 1e-45), (5, null)")),
            "x real: 0.1 | - | 16777216 | 1e-45 | -\n");
}

TEST(PostgresSource, names_of_any_kind_are_quoted) {
  server().run_sql(R"(create table "Odd.Table; drop" ("user's ""id""" bigint, "select" text, "a,b" int);
                      insert into "Odd.Table; drop" values (7, 'y', 1))");
  EXPECT_EQ(read("\"Odd.Table; drop\"", {{.name = "user's \"id\""}, {.name = "select"}, {.name = "a,b"}}),
            "user's \"id\" integer: 7\nselect text: y\na,b integer: 1\n");
}

TEST(PostgresSource, a_reader_without_any_other_right_suffices) {
  server().run_sql(
      "create table owned (id int); insert into owned values (1); revoke all on schema public from public; "
      "grant usage on schema public to reader; revoke temporary on database asof from public");
  EXPECT_EQ(read("owned"), "id integer: 1\n");
  server().run_sql(
      "create table partly (id int, hidden int); insert into partly values (1, 2); "
      "revoke all on partly from reader; grant select (id) on partly to reader");
  EXPECT_EQ(read("partly", {{.name = "id"}}), "id integer: 1\n") << "a right on the wanted columns is enough";
}

TEST(PostgresSource, numeric_gives_the_double_that_its_text_is_in_csv) {
  EXPECT_EQ(read(values("(1, 0.1::numeric), (2, 123.450), (3, 'NaN'), (4, null), (5, 9007199254740993), (6, 1e-30), "
                        "(7, -99999999999999999999.99)")),
            "x real: 0.1 | 123.45 | - | - | 9007199254740992 | 1e-30 | -1e+20\n");
  EXPECT_EQ(read(values("(1, 9223372036854775807::numeric), (2, 7.00)"), {{.name = "x", .type = ColumnType::kInteger}}),
            "x integer: 9223372036854775807 | 7\n");
  EXPECT_EQ(read(values("(1, 7.50::numeric)"), {{.name = "x", .type = ColumnType::kText}}), "x text: 7.50\n");
  EXPECT_EQ(read(values("(1, 1709210096.5::numeric)"), {{.name = "x", .epoch = EpochUnit::kSeconds}}),
            "x time: 2024-02-29T12:34:56.500000Z\n");
}

TEST(PostgresSource, declared_types_and_missing_values_work_as_in_files) {
  EXPECT_EQ(read(values("(1, 1), (2, -1), (3, null)"), {{.name = "x", .type = ColumnType::kReal, .missing = {"-1"}}}),
            "x real: 1 | - | -\n");
  EXPECT_EQ(read(values("(1, '7'), (2, ''), (3, 'NA')"), {{.name = "x", .type = ColumnType::kInteger}}),
            "x integer: 7 | - | -\n");
  EXPECT_EQ(read(values("(1, ''), (2, 'NA')")), "x text: - | NA\n");
  EXPECT_EQ(read(values("(1, 1709210096)"), {{.name = "x", .epoch = EpochUnit::kSeconds}}),
            "x time: 2024-02-29T12:34:56Z\n");
}

TEST(PostgresSource, values_that_do_not_fit_are_refused_with_their_row) {
  const auto message = [](const std::string& list, ColumnRequest column = {.name = "x"}, const TimeZone& zone = {}) {
    return refusal(request(values(list), {std::move(column)}, zone)).message;
  };
  EXPECT_EQ(message("(1, 7.0::float8), (2, 1.5)", {.name = "x", .type = ColumnType::kInteger}),
            "table `events`, the PostgreSQL query row 2, column `x`: `1.5` is not an integer");
  EXPECT_THAT(message("(1, 'Infinity'::float8)"), HasSubstr("row 1, column `x`: `inf` is infinite"));
  EXPECT_THAT(message("(1, 'Infinity'::numeric)"), HasSubstr("row 1, column `x`: `Infinity` is infinite"));
  EXPECT_THAT(message("(1, '2024-01-01'::timestamptz), (2, 'infinity')"),
              HasSubstr("row 2, column `x`: the time is infinite or lies outside of the years 1 to 9999"));
  EXPECT_THAT(message("(1, '-infinity'::timestamptz)"), HasSubstr("outside of the years"));
  EXPECT_THAT(message("(1, 'infinity'::date)"), HasSubstr("outside of the years"));
  EXPECT_THAT(message("(1, '0044-03-15 BC'::timestamptz)"), HasSubstr("outside of the years"));
  EXPECT_THAT(message("(1, '2024-01-01'::timestamp)"),
              HasSubstr("row 1, column `x`: `2024-01-01T00:00:00` has no offset and no time zone is declared"));
  EXPECT_THAT(message("(1, '2024-01-01'::date)"), HasSubstr("no time zone is declared"));
  EXPECT_THAT(message("(1, '2024-10-27 02:30'::timestamp)", {.name = "x"}, TimeZone::named("Europe/Berlin")),
              HasSubstr("exists twice in Europe/Berlin"));
  EXPECT_EQ(message("(1, 5)", {.name = "x", .type = ColumnType::kTime}),
            "table `events`, the PostgreSQL query, column `x`: it holds values of type integer, not time; "
            "declare the unit that they count since 1970 (seconds, milliseconds, microseconds)");
}

TEST(PostgresSource, arrays_and_bytes_are_refused_when_asked_for_and_ignored_otherwise) {
  server().run_sql(
      "create type pair as (a int, b int); create table nested (id int, many int[], raw bytea, two pair); insert into "
      "nested values (1, '{1}', 'x', (1, 2))");
  EXPECT_EQ(read("nested"), "id integer: 1\n");
  EXPECT_EQ(refusal(request("nested", {{.name = "many"}})).message,
            "table `events`, PostgreSQL `nested`, column `many`: values of the type `integer[]` cannot be read; leave "
            "the column out or cast it in a query");
  EXPECT_EQ(source_kind_of("postgres:").columns(request("nested")),
            (std::vector<SourceColumn>{{"id", ColumnType::kInteger}}));
}

TEST(PostgresSource, unknown_tables_and_columns_are_answered_with_the_nearest) {
  server().run_sql(
      "create table app_events (id int, happened_at timestamptz); insert into app_events values (1, now())");
  EXPECT_EQ(refusal(request("app_event")).message,
            "table `events`, PostgreSQL `app_event`: there is no such table or view; did you mean `app_events`?");
  EXPECT_THAT(refusal(request("nowhere.app_events")).message,
              HasSubstr("PostgreSQL `nowhere.app_events`: there is no such table or view"));
  EXPECT_EQ(refusal(request("app_events", {{.name = "hapened_at"}})).message,
            "table `events`, PostgreSQL `app_events`: there is no column `hapened_at`; did you mean `happened_at`?");
  EXPECT_EQ(refusal(request("select missing from app_events")).message,
            "table `events`, the PostgreSQL query: column \"missing\" does not exist");
  EXPECT_EQ(refusal(request("select id, id from app_events")).message,
            "table `events`, the PostgreSQL query, column `id`: the query gives a column of this name twice");
  EXPECT_THAT(refusal(request("select from where")).message, HasSubstr("the PostgreSQL query: syntax error"));
}

TEST(PostgresSource, a_table_that_may_not_be_read_says_which_right_is_needed) {
  server().run_sql("create table private (id int); insert into private values (1); revoke all on private from reader");
  EXPECT_EQ(
      refusal(request("private")).message,
      "table `events`, PostgreSQL `private`: permission denied for table private; the user reader needs: GRANT SELECT");
}

TEST(PostgresSource, nothing_but_reading_is_possible) {
  server().run_sql(
      "create table kept (id int); insert into kept values (1); grant all on kept to reader; "
      "create function remove_all() returns int language sql as 'delete from kept returning id'");
  EXPECT_THAT(refusal(request("with gone as (delete from kept returning id) select * from gone")).message,
              HasSubstr("the PostgreSQL query: "));
  EXPECT_THAT(refusal(request("select remove_all() as id")).message, HasSubstr("read-only transaction"));
  EXPECT_THAT(refusal(request("select 1 as id) as x; delete from kept; select * from (select 1 as id")).message,
              HasSubstr("the PostgreSQL query: "));
  EXPECT_EQ(server().run_sql("select count(*) from kept"), (PostgresServer::Rows{{"1"}}));
}

TEST(PostgresSource, empty_tables_are_refused) {
  server().run_sql("create table nothing (id int)");
  const Thrown thrown = refusal(request("nothing"));
  EXPECT_THAT(thrown.message, AllOf(HasSubstr("table `events`"), HasSubstr("#nothing: it has no rows")));
}

TEST(PostgresSource, a_query_that_fails_half_way_has_its_reason) {
  EXPECT_EQ(refusal(request("select 1 / (5000 - n) as x from generate_series(1, 10000) as n")).kind,
            Error::kInvalidInput);
  EXPECT_THAT(refusal(request("select 1 / (5000 - n) as x from generate_series(1, 10000) as n")).message,
              HasSubstr("division by zero"));
}

ReadRequest from(const std::string& url) {
  return {.table = "events", .from = "postgres:" + url + "#events", .columns = {}};
}

TEST(PostgresSource, wrong_credentials_are_one_sentence_without_the_password) {
  const Thrown wrong = refusal(from(server().url_with_password("reader", "wrong-secret")));
  EXPECT_EQ(wrong.kind, Error::kInvalidInput);
  EXPECT_EQ(wrong.message,
            format("table `events`: PostgreSQL at 127.0.0.1:{}, database asof, cannot be reached as user reader: "
                   "password authentication failed for user \"reader\"",
                   server().port()));
  EXPECT_EQ(refusal(from(server().url_with_password("nobody", "secret"))).kind, Error::kInvalidInput);
  EXPECT_EQ(refusal(from(format("postgresql://reader:{}@127.0.0.1:{}/nowhere", PostgresServer::password("reader"),
                                server().port())))
                .kind,
            Error::kNotFound);
}

TEST(PostgresSource, a_server_that_is_away_is_unavailable) {
  const Thrown away = refusal(from("postgresql://reader:secret@127.0.0.1:1/asof"));
  EXPECT_EQ(away.kind, Error::kUnavailable);
  EXPECT_EQ(
      away.message,
      "table `events`: PostgreSQL at 127.0.0.1:1, database asof, cannot be reached as user reader: Connection refused");
  EXPECT_EQ(refusal(from("postgresql://reader:secret@no-such-host.invalid/asof")).kind, Error::kUnavailable);
}

TEST(PostgresSource, an_address_that_cannot_be_read_is_not_repeated) {
  EXPECT_THAT(refusal(from("postgresql://reader:secret@[::1/asof")).message,
              HasSubstr("expected postgresql://user:password@host:port/database"));
  EXPECT_THAT(refusal(from("reader secret")).message, HasSubstr("cannot be read"));
  EXPECT_THAT(refusal({.table = "events", .from = "postgres:" + server().url("reader"), .columns = {}}).message,
              HasSubstr("which table is not said"));
}

TEST(PostgresSource, progress_counts_rows) {
  std::uint64_t last = 0;
  const Progress progress = [&](std::string_view what, std::uint64_t done, std::uint64_t total) {
    EXPECT_EQ(what, "reading the PostgreSQL query");
    EXPECT_GE(done, last);
    EXPECT_EQ(total, 0U);
    last = done;
  };
  read_table(request("select n as id from generate_series(1, 300000) as n"), progress);
  EXPECT_EQ(last, 300'000U);
}

TEST(PostgresSource, the_fingerprint_follows_the_rows_but_not_their_order) {
  const auto fingerprint = [](const std::string& query) {
    const ReadRequest wanted = request(query);
    return source_kind_of(wanted.from).fingerprint(wanted, read_table(wanted));
  };
  const std::string first = fingerprint("select * from (values (1, 'a', 0.5), (2, 'b', null)) as v(id, name, speed)");
  EXPECT_EQ(fingerprint("select * from (values (2, 'b', null), (1, 'a', 0.5)) as v(id, name, speed)"), first);
  EXPECT_NE(fingerprint("select * from (values (1, 'b', 0.5), (2, 'a', null)) as v(id, name, speed)"), first);
  EXPECT_NE(fingerprint("select * from (values (1, 'a', 0.5)) as v(id, name, speed)"), first);
  EXPECT_NE(fingerprint("select * from (values (1, 'a', 0.5), (2, 'b', 0)) as v(id, name, speed)"), first);
  EXPECT_NE(fingerprint("select * from (values (1, 'a', 0.5), (2, 'b', null)) as v(id, name, velocity)"), first);
  EXPECT_EQ(first.size(), 64U);
}

}  // namespace
}  // namespace asof
