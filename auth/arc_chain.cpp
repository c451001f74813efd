#include "auth/arc_chain.h"

#include "auth/canonical.h"
#include "auth/limits.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

/// One pass over the header: each ARC field goes into its set.
class Collector {
 public:
  void take(const HeaderField& field) {
    if (iequals(field.name, "ARC-Authentication-Results"))
      add<ArcAuthenticationResults>(field, &parse_arc_authentication_results, &ArcSet::results_field, &ArcSet::results);
    else if (iequals(field.name, "ARC-Message-Signature"))
      add<ArcMessageSignature>(field, &parse_arc_message_signature, &ArcSet::signature_field, &ArcSet::signature);
    else if (iequals(field.name, "ARC-Seal"))
      add<ArcSeal>(field, &parse_arc_seal, &ArcSet::seal_field, &ArcSet::seal);
  }

  [[nodiscard]] bool full() const {
    return bytes_ > limits::arc_bytes || fields_ > std::size_t{3} * limits::arc_instances;
  }

  ArcChain finish() {
    if (full()) object("the chain is larger than 50 sets, or than 512 KB");
    for (std::size_t i = 0; i < chain_.sets.size(); ++i)
      if (!chain_.sets[i].whole()) object("the set i=" + std::to_string(i + 1) + " has no " + missing(chain_.sets[i]));
    return std::move(chain_);
  }

 private:
  template <class Field>
  void add(const HeaderField& field, Result<void> (*parse)(std::string_view, Field&),
           const HeaderField* ArcSet::* place, Field ArcSet::* into) {
    chain_.present = true;
    ++fields_;
    bytes_ += field.raw.size();
    if (full()) return;
    Field read;
    const auto parsed = parse(field.value, read);
    if (!parsed) object(std::string(field.name) + where(read.instance) + ": " + parsed.error().message);
    if (read.instance == 0) return;
    const auto index = static_cast<std::size_t>(read.instance);
    if (chain_.sets.size() < index) chain_.sets.resize(index);
    auto& set = chain_.sets[index - 1];
    if (set.*place != nullptr)  // RFC 8617 §5.2, step 3 A
      return object("there are two " + std::string(field.name) + where(read.instance));
    set.*place = &field;
    set.*into = std::move(read);
  }

  static std::string where(int instance) { return instance == 0 ? "" : " i=" + std::to_string(instance); }

  static std::string missing(const ArcSet& set) {
    if (set.results_field == nullptr) return "ARC-Authentication-Results";
    return set.signature_field == nullptr ? "ARC-Message-Signature" : "ARC-Seal";
  }

  /// The first objection is the one that is shown.
  void object(std::string why) {
    if (chain_.objection.empty()) chain_.objection = std::move(why);
  }

  ArcChain chain_;
  std::size_t fields_ = 0, bytes_ = 0;
};

/// RFC 8617 §5.2, steps 2 and 3 C: what the seals themselves say of the chain.
std::string cv_objection(const std::vector<ArcSet>& sets) {
  const auto fails = [](std::size_t instance) {
    return "the chain was sealed as failed (cv=fail) at i=" + std::to_string(instance);
  };
  if (sets.back().seal.cv == "fail") return fails(sets.size());
  for (std::size_t i = 0; i < sets.size(); ++i) {
    const auto& cv = sets[i].seal.cv;
    if (cv == "fail") return fails(i + 1);
    if (cv != (i == 0 ? "none" : "pass"))
      return "the seal i=" + std::to_string(i + 1) + " says cv=" + cv + (i == 0 ? ", not none" : ", not pass");
  }
  return {};
}

}  // namespace

ArcChain read_arc_chain(const Message& message) {
  Collector collector;
  for (const auto& field : message.fields) {
    collector.take(field);
    if (collector.full()) break;
  }
  auto chain = collector.finish();
  if (chain.present && chain.objection.empty()) chain.objection = cv_objection(chain.sets);
  return chain;
}

std::string sealed_bytes(const std::vector<ArcSet>& sets, std::size_t first, std::size_t last) {
  std::string data;
  for (std::size_t i = first; i <= last; ++i) {
    data += canonical_header(sets[i].results_field->raw, Canon::relaxed);
    data += canonical_header(sets[i].signature_field->raw, Canon::relaxed);
    const auto raw = sets[i].seal_field->raw;
    data += canonical_header(i == last ? without_signature(raw) : std::string(raw), Canon::relaxed);
  }
  if (data.ends_with("\r\n")) data.resize(data.size() - 2);
  return data;
}

}  // namespace mailprobe::auth
