#include "auth/dkim_key.h"

#include <algorithm>

#include "auth/tag_list.h"
#include "base/encoding.h"
#include "base/safe_text.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

std::unexpected<Error> bad(std::string why) { return fail(Failure::protocol, std::move(why), Cause::protocol_error); }

std::vector<std::string> colon_list(std::string_view text) {
  std::vector<std::string> items;
  for (const auto item : split(text, ':')) items.push_back(to_lower(without_white_space(item)));
  return items;
}

Result<KeyType> key_type(std::string_view name) {
  if (iequals(name, "rsa")) return KeyType::rsa;
  if (iequals(name, "ed25519")) return KeyType::ed25519;
  return bad("key type k=" + safe_text(name, 40) + " is not known");
}

}  // namespace

Result<DkimKeyRecord> parse_dkim_key(std::string_view text) {
  const auto tags = TagList::parse(text);
  if (!tags) return bad("the key record is not a tag list: " + tags.error().message);
  // RFC 6376 §3.6.1: v= is first where it is there at all.
  if (const auto version = tags->get("v"); version && (*version != "DKIM1" || tags->tags().front().first != "v"))
    return bad("the key record's v= is not DKIM1 in front");
  DkimKeyRecord record;
  const auto type = key_type(tags->get("k").value_or("rsa"));
  if (!type) return std::unexpected(type.error());
  record.type = *type;
  const auto key = tags->get("p");
  if (!key) return bad("the key record has no p=");
  const auto bytes = from_base64(*key);
  if (!bytes) return bad("the key record's p= is not base64");
  record.key = *bytes;
  if (const auto hashes = tags->get("h")) record.hashes = colon_list(*hashes);
  if (const auto services = tags->get("s")) {
    const auto list = colon_list(*services);
    record.email = std::ranges::any_of(list, [](const auto& s) { return s == "*" || s == "email"; });
  }
  if (const auto flags = tags->get("t")) {
    const auto list = colon_list(*flags);
    record.testing = std::ranges::find(list, "y") != list.end();
    record.strict_identity = std::ranges::find(list, "s") != list.end();
  }
  return record;
}

}  // namespace mailprobe::auth
