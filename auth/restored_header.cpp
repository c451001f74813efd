#include "auth/restored_header.h"

#include <algorithm>
#include <optional>
#include <string>

#include "auth/diff_text.h"
#include "auth/limits.h"
#include "auth/recording_resolver.h"
#include "auth/text_lines.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

constexpr std::string_view field_name = "Content-Transfer-Encoding";
constexpr std::string_view values[] = {"8bit", "8BIT", "7bit", "7BIT", ""};  // the last: there was no such field

bool to_try(const Dkim& dkim, const Known& known) {
  const auto recoded = [](const Mutation& mutation) { return mutation.kind == "transfer-encoding-changed"; };
  return !dkim.header_ok.value_or(true) && std::ranges::any_of(known.mutation, recoded);
}

/// The message as it would be with another Content-Transfer-Encoding, or without one.
class Restored {
 public:
  Restored(const Message& message, const HeaderField& now, std::string_view value) : message_(message) {
    const auto at =
        std::ranges::find(message_.fields, now.raw.data(), [](const auto& each) { return each.raw.data(); });
    if (value.empty()) {
      message_.fields.erase(at);
      return;
    }
    raw_ = std::string(now.name) + ": " + std::string(value) + "\r\n";
    at->raw = raw_;
  }
  Restored(const Restored&) = delete;
  Restored& operator=(const Restored&) = delete;
  [[nodiscard]] const Message& message() const { return message_; }

 private:
  Message message_;
  std::string raw_;
};

void add(Known& known, std::string_view raw, const HeaderField& now, std::string_view value,
         const DkimSignature& signature) {
  const auto before = value.empty() ? "without " + std::string(field_name)
                                    : "with " + std::string(field_name) + ": " + std::string(value);
  known.words.push_back(before + " the header verifies too: nothing else was changed");
  DiffText diff;
  if (!value.empty()) diff.add('-', std::string(now.name) + ": " + std::string(value));
  diff.add('+', now.raw.substr(0, now.raw.find("\r\n")));
  const auto from = static_cast<std::size_t>(now.raw.data() - raw.data());
  auto without = signature.headers;
  std::erase(without, to_lower(field_name));
  known.mutation.push_back({.kind = "header-rewritten",
                            .part = std::string(field_name),
                            .sent = {},
                            .received = byte_range(from, from + now.raw.size()),
                            .diff = diff.text(),
                            .canonicalizations = {},
                            .headers = std::move(without)});
}

}  // namespace

Task<void> try_restored_headers(std::string_view raw, const Message& message, const std::vector<Dkim>& dkim,
                                std::vector<Known>& known, Time time, dns::Resolver& resolver) {
  const auto fields = message.all("DKIM-Signature");
  const auto* now = message.first(field_name);
  if (now == nullptr) co_return;
  RecordingResolver once(resolver);  // each key is looked up once for all that is tried
  BodyHashes bodies(message.body);
  SharedWork work(bodies, limits::keys_tried);
  for (std::size_t i = 0; i < dkim.size() && i < known.size(); ++i) {
    if (!to_try(dkim[i], known[i])) continue;
    const auto& field = *fields[static_cast<std::size_t>(dkim[i].index) - 1];
    DkimSignature read;
    const auto signature = parse_dkim_signature(field.value, read);
    for (const auto value : values) {
      const Restored restored(message, *now, value);
      const ReadSignature again{restored.message(), field, *signature};
      Dkim judged;
      co_await verify_signature(judged, again, work, time, once);
      if (!judged.header_ok.value_or(false)) continue;
      add(known[i], raw, *now, value, *signature);
      break;
    }
  }
}

}  // namespace mailprobe::auth
