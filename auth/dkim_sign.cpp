#include "auth/dkim_sign.h"

#include <algorithm>

#include "auth/canonical.h"
#include "auth/crypto.h"
#include "auth/dkim_signature.h"
#include "auth/dkim_verify.h"
#include "auth/header_block.h"
#include "auth/limits.h"
#include "base/encoding.h"
#include "base/text.h"

namespace mailprobe::auth {

struct SigningKey::Impl {
  PrivateKey key;
};

Result<SigningKey> SigningKey::from_pem(const Secret& pem) {
  auto key = PrivateKey::from_pem(pem);
  if (!key) return std::unexpected(key.error());
  const auto bits = static_cast<std::size_t>(key->bits());
  if (key->type() == KeyType::rsa && bits < limits::minimum_rsa_bits)  // RFC 8301 §3.2
    return fail(Failure::usage,
                "an RSA key of " + std::to_string(bits) + " bits is too short for DKIM: 1024 is the least, use 2048");
  SigningKey out;
  out.impl_ = std::make_shared<const Impl>(Impl{std::move(*key)});
  return out;
}

std::string SigningKey::algorithm() const {
  return impl_->key.type() == KeyType::rsa ? "rsa-sha256" : "ed25519-sha256";
}

std::string SigningKey::dns_record() const {
  const auto* type = impl_->key.type() == KeyType::rsa ? "rsa" : "ed25519";
  return std::string("v=DKIM1; k=") + type + "; p=" + base64(impl_->key.public_bytes());
}

int SigningKey::bits() const { return impl_->key.bits(); }

namespace {

/// RFC 6376 §5.4.1, and what makes a message a probe.
constexpr std::string_view recommended[] = {"From",
                                            "Sender",
                                            "Reply-To",
                                            "Subject",
                                            "Date",
                                            "Message-ID",
                                            "To",
                                            "Cc",
                                            "MIME-Version",
                                            "Content-Type",
                                            "Content-Transfer-Encoding",
                                            "Content-ID",
                                            "Content-Description",
                                            "In-Reply-To",
                                            "References",
                                            "List-Id",
                                            "List-Help",
                                            "List-Unsubscribe",
                                            "List-Subscribe",
                                            "List-Post",
                                            "List-Owner",
                                            "List-Archive",
                                            "Auto-Submitted",
                                            "X-Mailprobe-Id"};

/// Each name as often as it occurs, and once more so that none can be added (RFC 6376 §8.15).
std::vector<std::string> header_list(const Message& message, const SignOptions& options) {
  std::vector<std::string> wanted = options.headers;
  if (wanted.empty()) wanted.assign(std::begin(recommended), std::end(recommended));
  std::vector<std::string> list;
  for (const auto& name : wanted) {
    const auto count = message.all(name).size();
    if (count == 0 && options.headers.empty()) continue;
    for (std::size_t i = 0; i < count + (options.oversign ? 1 : 0); ++i) list.push_back(to_lower(name));
  }
  return list;
}

/// Words joined by a separator, broken into lines of at most 76.
void append_folded(std::string& out, std::string_view text) {
  constexpr std::size_t width = 76;
  const auto column = [&] { return out.size() - (out.rfind('\n') == std::string::npos ? 0 : out.rfind('\n') + 1); };
  while (!text.empty()) {
    auto room = column() < width ? width - column() : 0;
    if (room < 8) {
      out += "\r\n\t";
      room = width - 8;
    }
    out += text.substr(0, room);
    text.remove_prefix(std::min(room, text.size()));
  }
}

void append_tag(std::string& out, std::string_view tag) {
  const auto start = out.rfind('\n') == std::string::npos ? 0 : out.rfind('\n') + 1;
  out += out.size() - start + tag.size() > 74 ? ";\r\n\t" : "; ";
  out += tag;
}

std::string unsigned_field(const SignOptions& options, const SigningKey& key, const std::vector<std::string>& names,
                           const std::string& body_hash) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(options.time.time_since_epoch()).count();
  std::string field = "DKIM-Signature: v=1";
  append_tag(field, "a=" + key.algorithm());
  append_tag(field, "c=" + std::string(canon_word(options.header)) + "/" + std::string(canon_word(options.body)));
  append_tag(field, "d=" + options.domain);
  append_tag(field, "s=" + options.selector);
  append_tag(field, "t=" + std::to_string(seconds));
  field += ";\r\n\th=";
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto item = names[i] + (i + 1 < names.size() ? ":" : "");
    if (field.size() - field.rfind('\n') + item.size() > 74) field += "\r\n\t ";
    field += item;
  }
  field += ";\r\n\tbh=";
  append_folded(field, body_hash);
  return field + ";\r\n\tb=";
}

}  // namespace

Result<std::string> sign(std::string_view raw, const SigningKey& key, const SignOptions& options) {
  const auto message = split_message(raw);
  const auto names = header_list(message, options);
  if (std::ranges::find(names, "from") == names.end() || message.first("From") == nullptr)
    return fail(Failure::ours, "a message without From cannot be signed");  // RFC 6376 §5.4
  std::string storage;
  const auto body_hash = base64(sha256(canonical_body(message.body, options.body, storage)));
  auto field = unsigned_field(options, key, names, body_hash);
  std::string data;
  for (const auto selected : signed_fields(message, names)) append_canonical_header(data, selected, options.header);
  append_canonical_header(data, field + "\r\n", options.header);
  data.resize(data.size() - 2);
  append_folded(field, base64(key.impl().key.sign(data)));
  return field + "\r\n";
}

}  // namespace mailprobe::auth
