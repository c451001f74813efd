#include "lab/probe_resolver.h"

#include "base/text.h"

namespace mailprobe::lab {

namespace {

class ProbeResolver final : public dns::Resolver {
 public:
  ProbeResolver(std::string domain, std::unique_ptr<dns::Resolver> wire, std::unique_ptr<dns::Resolver> memory)
      : domain_(std::move(domain)), wire_(std::move(wire)), memory_(std::move(memory)) {}

  Task<dns::Answer> query(std::string name, dns::Type type) override {
    const auto lower_name = to_lower(name);
    const bool own = lower_name == domain_ || lower_name.ends_with("." + domain_);
    return (own ? *wire_ : *memory_).query(std::move(name), type);
  }

 private:
  std::string domain_;
  std::unique_ptr<dns::Resolver> wire_, memory_;
};

}  // namespace

std::unique_ptr<dns::Resolver> probe_resolver(std::string domain, std::unique_ptr<dns::Resolver> wire,
                                              std::unique_ptr<dns::Resolver> memory) {
  return std::make_unique<ProbeResolver>(std::move(domain), std::move(wire), std::move(memory));
}

}  // namespace mailprobe::lab
