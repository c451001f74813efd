// Header block and what reads fields raw: nothing is lost in splitting, canonical forms are stable.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "auth/author.h"
#include "auth/canonical.h"
#include "auth/encoded_word.h"
#include "auth/header_block.h"
#include "auth/mime_map.h"

using namespace mailprobe::auth;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void check_canonical(const Message& message) {
  for (const auto canon : {Canon::simple, Canon::relaxed}) {
    const auto form = canonical_body(message.body, canon);
    check(canonical_body(form, canon) == form);
    check(form.size() <= message.body.size() + 2);
  }
  for (const auto& field : message.fields) {
    const auto form = canonical_header(field.raw, Canon::relaxed);
    check(canonical_header(form, Canon::relaxed) == form);
    check(without_signature(field.raw).size() <= field.raw.size() + 2);
    check(decode_words(field.value).size() <= field.value.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string raw(reinterpret_cast<const char*>(data), size);
  const auto message = split_message(raw);
  std::string again;
  for (const auto& field : message.fields) again += field.raw;
  if (!message.truncated) check(again.size() + message.body.size() <= raw.size());
  check(raw.starts_with(again) || message.truncated);
  check(raw.ends_with(message.body));
  check_canonical(message);
  if (const auto author = author_domain(message)) check(!author->empty() && author->size() <= 253);
  for (const auto& content : map_mime(message).contents)
    check(content.bytes.from <= content.bytes.to && content.bytes.to <= message.body.size());
  return 0;
}
