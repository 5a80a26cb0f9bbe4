// `asof init`: a first project file, guessed from files or a database, with questions where data cannot tell.
#include <cstdlib>
#include <filesystem>

#include "asof/error.h"
#include "base/files.h"
#include "base/format.h"
#include "base/parallel.h"
#include "cli/command.h"
#include "project/starter.h"
#include "project/survey.h"

namespace asof::commands {
namespace {

namespace fs = std::filesystem;
constexpr const char* kUrlVariable = "DATABASE_URL";

struct Options {
  std::vector<std::string> inputs;
  bool from_postgres = false;
  std::string url;
  std::string out = "asof.yaml";
  std::string name;
  bool force = false;
  int threads = default_threads();
};

std::string url_of(const Options& options) {
  if (!options.url.empty()) return options.url;
  const char* url = std::getenv(kUrlVariable);
  if (url != nullptr && *url != '\0') return url;
  throw Error(Error::kUsage,
              format("--postgres without a URL reads the environment variable {}, which is not set", kUrlVariable));
}

std::vector<SurveyedTable> survey(const Options& options) {
  if (options.from_postgres) return survey_postgres(url_of(options));
  const std::vector<fs::path> inputs(options.inputs.begin(), options.inputs.end());
  return survey_files(inputs, fs::absolute(options.out).parent_path());
}

/// The name of the folder that the file goes to, as far as it can be a project's.
std::string name_of(const Options& options) {
  if (!options.name.empty()) return options.name;
  std::string name;
  for (const char c : fs::absolute(options.out).lexically_normal().parent_path().filename().string()) {
    const bool allowed =
        std::isalnum(static_cast<unsigned char>(c)) != 0 || (!name.empty() && (c == '-' || c == '_' || c == '.'));
    if (allowed) name += c;
  }
  return name.empty() ? "lender" : name;
}

int run(const Options& options, Console& console) {
  if (options.inputs.empty() != options.from_postgres) {
    throw Error(Error::kUsage,
                "say where the data is, in one place: files and folders (`asof init data/`), or a database (`asof init "
                "--postgres`)");
  }
  if (!options.force && fs::exists(options.out))
    throw Error(Error::kUsage, format("{} exists; add --force to replace it", options.out));

  const std::vector<SurveyedTable> tables = survey(options);
  const std::string text =
      guess_project(name_of(options), tables, peek_into_sources(options.threads, console.progress()));
  write_file(options.out, text);

  Json::Array names;
  for (const SurveyedTable& table : tables) {
    names.emplace_back(table.name);
    console.say(format("  {:<24} {} columns, from {}", table.name, table.columns.size(), table.written));
  }
  const std::size_t questions = questions_in(text);
  console.say(format("{}: {} tables, {} questions for you (lines with `# ?`)", options.out, tables.size(), questions));
  if (options.from_postgres)
    console.say(format("The file reads ${{{}}} from the environment; it holds no password.", kUrlVariable));
  console.say(format("next: answer them, then  asof doctor {}", options.out));
  console.result(Json::Object{{"out", options.out}, {"tables", std::move(names)}, {"questions", questions}});
  return 0;
}

Run declare(OptionSet& command) {
  const auto options = std::make_shared<Options>();
  command.add_option("inputs", options->inputs, "CSV and Parquet files, or folders of them");
  const Option postgres = command.add_option(
      "--postgres", options->url,
      format("A PostgreSQL database instead of files; without a URL the one in ${{{}}}", kUrlVariable));
  postgres.value_optional();
  command.add_option("-o,--out", options->out, "The file to write").show_default();
  command.add_option("--name", options->name, "What the project is called (default: the folder's name)");
  command.add_option("--threads", options->threads, "Threads to read with").positive();
  command.add_flag("--force", options->force, "Replace the file if it exists");
  return [options, postgres](Console& console) {
    options->from_postgres = postgres.given();
    return run(*options, console);
  };
}

}  // namespace

extern const Command init;
constinit const Command init = {
    .name = "init",
    .summary = "Guess a project file from data, with questions where data cannot tell",
    .example = "asof init data/ --out asof.yaml",
    .declare = declare,
};

}  // namespace asof::commands
