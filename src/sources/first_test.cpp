#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wconversion"
#include <gtest/gtest.h>
#include <chrono>
#include <arrow/api.h>
#include <arrow/csv/api.h>
#include <arrow/io/api.h>
#include "sources/source.h"
#include "sources/writer.h"
#include "base/random.h"
#include "base/format.h"
namespace asof {
struct Clock { clock_t p = clock(); double cpu() { auto n = clock(); double d = double(n - p) / CLOCKS_PER_SEC; p = n; return d; } std::chrono::steady_clock::time_point t = std::chrono::steady_clock::now(); double s() { auto n = std::chrono::steady_clock::now(); double d = std::chrono::duration<double>(n - t).count(); t = n; return d; } };
TEST(First, works) {
  const size_t n = 6'350'000; Random r(1);
  Table t{"events", {}, n};
  Column id{"id", ColumnType::kInteger}, user{"user_id", ColumnType::kInteger}, time{"timestamp", ColumnType::kTime}, screen{"screen", ColumnType::kText}, session{"session_id", ColumnType::kText}, action{"action", ColumnType::kText}, amount{"amount", ColumnType::kReal};
  auto d = std::make_shared<Dictionary>(); for (int i = 0; i < 20; ++i) d->push_back(format("screen_number_{}", i));
  auto e = std::make_shared<Dictionary>(); for (int i = 0; i < 500000; ++i) e->push_back(format("{:016x}", r.bits()));
  for (size_t i = 0; i < n; ++i) { id.integers.push_back(i); user.integers.push_back(r.below(10111)); time.integers.push_back(1700000000000000 + r.below(20000000000000)); screen.codes.push_back(r.below(20)); session.codes.push_back(r.below(500000)); action.codes.push_back(r.below(20)); amount.reals.push_back(r.uniform() * 1000); }
  screen.dictionary = d; action.dictionary = d; session.dictionary = e;
  t.columns = {id, user, time, screen, action, session, amount};
  if (1) { Clock c;
  write_table(t, "/tmp/big.csv"); std::cout << "csv write " << c.s() << " cpu " << c.cpu() << "\n";
  write_table(t, "/tmp/big.parquet"); std::cout << "parquet write " << c.s() << " cpu " << c.cpu() << "\n";
 }
  for (int threads : {1, 2}) for (auto* f : {"/tmp/big.csv", "/tmp/big.parquet", "/tmp/none"}) { if (!std::filesystem::exists(f)) continue;
    Clock c;
    if (std::string_view(f).ends_with("csv")) {
      auto ro = arrow::csv::ReadOptions::Defaults(); ro.use_threads = threads > 1; ro.block_size = 4 << 20;
      auto po = arrow::csv::ParseOptions::Defaults(); 
      for (bool nl : {false, true}) { po.newlines_in_values = nl;
      auto co = arrow::csv::ConvertOptions::Defaults(); co.check_utf8 = false;
      for (auto n : {"user_id","timestamp","screen","action","amount"}) { co.include_columns.push_back(n); co.column_types[n] = arrow::utf8(); }
      auto in = *arrow::io::ReadableFile::Open(f);
      auto t = *(*arrow::csv::TableReader::Make(arrow::io::default_io_context(), in, ro, po, co))->Read();
      std::cout << "arrow alone, newlines " << nl << " " << c.s() << " cpu " << c.cpu() << "\n"; }
    }
    Table u = read_table({.table="t", .from=f, .columns={{"user_id"}, {"timestamp"}, {"screen"}, {"action"}, {"amount"}}, .zone = {}, .threads=threads});
    std::cout << f << " 5 columns, threads " << threads << " " << c.s() << " cpu " << c.cpu() << "\n";
    u = read_table({.table="t", .from=f, .columns={}, .zone = {}, .threads=threads});
    std::cout << f << " all columns, threads " << threads << " " << c.s() << " cpu " << c.cpu() << "\n";
  }
}
}
