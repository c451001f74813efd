#include "app/progress.h"

#include <array>

#include <fmt/format.h>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "app/logging.h"
#include "base/safe_text.h"

namespace mailprobe::app {

namespace asio = boost::asio;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds frame{100};
constexpr milliseconds patience{1000};  // most answers come sooner, and need no word

std::string spinner(milliseconds elapsed, bool utf8) {
  static constexpr std::array<std::string_view, 10> dots{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
  static constexpr std::array<std::string_view, 4> strokes{"|", "/", "-", "\\"};
  const auto at = static_cast<std::size_t>(elapsed / frame);
  return std::string(utf8 ? dots[at % dots.size()] : strokes[at % strokes.size()]);
}

std::string clock_text(milliseconds elapsed) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(elapsed).count();
  return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
}

}  // namespace

struct ProgressPrinter::Impl : std::enable_shared_from_this<Impl> {
  Impl(const asio::any_io_executor& executor, std::shared_ptr<LiveLine> to, Console shown)
      : timer(executor), line(std::move(to)), console(shown) {}

  void step(const std::string& text) {
    end_wait();
    log_info(safe_text(text));
  }

  void wait(const std::string& why, milliseconds howlong) {
    begin(why, howlong);
    show();
  }

  void expect(const std::string& whom, milliseconds howlong) {
    begin(whom, howlong);
    timer.expires_after(patience);
    timer.async_wait([self = weak_from_this()](const boost::system::error_code& error) {
      if (const auto printer = self.lock(); printer && !error) printer->show();
    });
  }

  void begin(const std::string& why, milliseconds howlong) {
    end_wait();
    cause = safe_text(why, 200);
    length = howlong;
    begun = std::chrono::steady_clock::now();
  }

  void show() {
    if (!line->live()) {
      log_info("waiting " + cause + ", at most " + duration_text(length));
      return;
    }
    draw();
  }

  void draw() {
    const auto elapsed = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begun);
    line->show(wait_text(cause, length, elapsed, console.utf8));
    timer.expires_after(frame);
    timer.async_wait([self = weak_from_this()](const boost::system::error_code& error) {
      if (const auto printer = self.lock(); printer && !error) printer->draw();
    });
  }

  void end_wait() {
    timer.cancel();
    line->erase();
  }

  asio::steady_timer timer;
  std::shared_ptr<LiveLine> line;
  Console console;
  std::string cause;
  milliseconds length{0};
  std::chrono::steady_clock::time_point begun;
};

ProgressPrinter::ProgressPrinter(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
ProgressPrinter::ProgressPrinter(ProgressPrinter&&) noexcept = default;
ProgressPrinter& ProgressPrinter::operator=(ProgressPrinter&&) noexcept = default;
ProgressPrinter::~ProgressPrinter() {
  if (impl_) impl_->end_wait();
}

Task<ProgressPrinter> ProgressPrinter::make(std::shared_ptr<LiveLine> line, Console console) {
  auto executor = co_await asio::this_coro::executor;
  co_return ProgressPrinter(std::make_shared<Impl>(executor, std::move(line), console));
}

probe::Progress ProgressPrinter::callbacks() const {
  probe::Progress progress;
  progress.step = [impl = impl_](const std::string& text) { impl->step(text); };
  progress.waiting = [impl = impl_](const std::string& cause, milliseconds length) { impl->wait(cause, length); };
  progress.expecting = [impl = impl_](const std::string& cause, milliseconds length) { impl->expect(cause, length); };
  if (debug_logged()) progress.dialogue = [](const Event& event) { log_debug(dialogue_text(event)); };
  return progress;
}

std::string wait_text(const std::string& cause, milliseconds length, milliseconds elapsed, bool utf8) {
  return fmt::format("{} waiting {}, {} of {}", spinner(elapsed, utf8), cause, clock_text(elapsed),
                     duration_text(length));
}

std::string dialogue_text(const Event& event) {
  const auto* mark = event.dir == Direction::out ? "> " : event.dir == Direction::in ? "< " : "* ";
  return "  " + (mark + safe_text(event.text));
}

}  // namespace mailprobe::app
