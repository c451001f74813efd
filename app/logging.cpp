#include "app/logging.h"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include "base/safe_text.h"
#include "base/text.h"

namespace mailprobe::app {

namespace {

/// One thread, so no lock. Each line of an error begins with the program's name, as those of other tools do.
class LineSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit LineSink(std::shared_ptr<LiveLine> line) : line_(std::move(line)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const std::string_view text(message.payload.data(), message.payload.size());
    const std::string prefix = message.level >= spdlog::level::warn ? "mailprobe: " : "";
    for (const auto& line : split(text, '\n')) line_->print(prefix + std::string(line));
  }
  void flush_() override {}

 private:
  std::shared_ptr<LiveLine> line_;
};

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::quiet: return spdlog::level::err;
    case LogLevel::normal: return spdlog::level::info;
    case LogLevel::verbose: return spdlog::level::debug;
  }
  return spdlog::level::info;
}

/// As an argument, never as the format.
void log(spdlog::level::level_enum level, std::string_view text) { spdlog::log(level, "{}", text); }

}  // namespace

void set_up_logging(std::shared_ptr<LiveLine> line, LogLevel level) {
  auto logger = std::make_shared<spdlog::logger>("mailprobe", std::make_shared<LineSink>(std::move(line)));
  logger->set_level(level_of(level));
  spdlog::set_default_logger(std::move(logger));
}

bool debug_logged() { return spdlog::should_log(spdlog::level::debug); }
void log_debug(std::string_view text) { log(spdlog::level::debug, text); }
void log_info(std::string_view text) { log(spdlog::level::info, text); }
void log_warning(std::string_view text) { log(spdlog::level::warn, text); }
void log_error(std::string_view text) { log(spdlog::level::err, text); }

std::string describe(const Error& error) {
  return error.peer.empty() ? error.message : error.message + " (the other side says: " + safe_text(error.peer) + ")";
}

}  // namespace mailprobe::app
