#include "lab/probe_resolver.h"

#include <algorithm>

#include "base/text.h"

namespace mailprobe::lab {

namespace {

class ProbeResolver final : public dns::Resolver {
 public:
  ProbeResolver(std::vector<std::string> domains, std::unique_ptr<dns::Resolver> wire,
                std::unique_ptr<dns::Resolver> memory)
      : domains_(std::move(domains)), wire_(std::move(wire)), memory_(std::move(memory)) {}

  Task<dns::Answer> query(std::string name, dns::Type type) override {
    const auto lower_name = to_lower(name);
    const bool own = std::ranges::any_of(domains_, [&](const std::string& domain) {
      return lower_name == domain || lower_name.ends_with("." + domain);
    });
    return (own ? *wire_ : *memory_).query(std::move(name), type);
  }

 private:
  std::vector<std::string> domains_;
  std::unique_ptr<dns::Resolver> wire_, memory_;
};

}  // namespace

std::unique_ptr<dns::Resolver> probe_resolver(std::vector<std::string> domains, std::unique_ptr<dns::Resolver> wire,
                                              std::unique_ptr<dns::Resolver> memory) {
  return std::make_unique<ProbeResolver>(std::move(domains), std::move(wire), std::move(memory));
}

}  // namespace mailprobe::lab
