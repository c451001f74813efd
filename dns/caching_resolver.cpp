#include "dns/caching_resolver.h"

#include <chrono>
#include <optional>
#include <unordered_map>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/text.h"

namespace mailprobe::dns {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t most_kept = 20'000;           // answers of some 200 bytes each
constexpr auto absence = std::chrono::seconds(60);  // RFC 2308 §5: the SOA's minimum, which Answer has not

/// One question: under way, or answered.
struct Entry {
  bool under_way = true;                      // until the answer is there, or who asked has gone
  std::optional<asio::steady_timer> settled;  // what others wait for meanwhile; made for the first of them
  std::optional<Answer> answer;
  Clock::time_point until;
};

/// Frees the waiters however the question ends, so that none waits for ever.
class Settling {
 public:
  explicit Settling(Entry& entry) : entry_(entry) {}
  Settling(const Settling&) = delete;
  Settling& operator=(const Settling&) = delete;
  ~Settling() {
    entry_.under_way = false;
    entry_.settled.reset();
  }

 private:
  Entry& entry_;
};

class CachingResolver final : public Resolver {
 public:
  explicit CachingResolver(Resolver& behind) : behind_(behind) {}

  Task<Answer> query(std::string name, Type type) override {
    const auto key = to_lower(name) + "/" + std::to_string(static_cast<unsigned>(type));
    for (;;) {
      const auto found = entries_.find(key);
      if (found == entries_.end()) break;
      const auto entry = found->second;
      if (!entry->under_way && (!entry->answer || entry->until <= Clock::now())) break;
      if (!entry->under_way) co_return *entry->answer;
      if (!entry->settled) entry->settled.emplace(co_await asio::this_coro::executor, Clock::time_point::max());
      co_await entry->settled->async_wait(asio::as_tuple(asio::use_awaitable));
      if (entry->answer) co_return *entry->answer;  // a failure too, for those who waited for it
      if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
        co_return Answer{.status = Status::timeout, .canonical = name, .rdata = {}, .why = {}};
    }
    if (entries_.size() >= most_kept) std::erase_if(entries_, [](const auto& each) { return !each.second->under_way; });
    const auto entry = std::make_shared<Entry>();
    entries_[key] = entry;
    const Settling settling(*entry);
    auto answer = co_await behind_.query(std::move(name), type);
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
      co_return answer;  // the next one asks for itself
    keep(*entry, answer);
    co_return answer;
  }

 private:
  static void keep(Entry& entry, const Answer& answer) {
    entry.answer = answer;
    const bool kept = answer.found() || answer.absent();
    entry.until = Clock::now();
    if (kept) entry.until += answer.found() ? std::chrono::seconds(answer.ttl) : absence;
  }

  Resolver& behind_;
  std::unordered_map<std::string, std::shared_ptr<Entry>> entries_;
};

}  // namespace

std::unique_ptr<Resolver> caching_resolver(Resolver& behind) { return std::make_unique<CachingResolver>(behind); }

}  // namespace mailprobe::dns
