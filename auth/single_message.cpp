#include "auth/single_message.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>

#include "auth/canonical.h"
#include "auth/diff_text.h"
#include "auth/dkim_signature.h"
#include "auth/limits.h"
#include "auth/text_lines.h"
#include "base/encoding.h"
#include "base/safe_text.h"
#include "base/text.h"

// What a hash proves: bh= is that of a body that was signed. Where a part of the body received has that hash, that part
// is the body signed, and the rest was added. Tried are, in this order:
//  1. the other canonicalization: only white space changed, or the signer did not do what its c= says
//  2. the body up to the end of each line: what follows was appended
//  3. the body without its first lines: they were put in front

namespace mailprobe::auth {

namespace {

constexpr std::size_t most_in_front = 32;                  // lines; each is a hash of the whole body
constexpr std::size_t largest_searched = 1 * 1024 * 1024;  // bytes of a body for that
constexpr std::size_t most_lines = 200'000;                // whose ends are tried; 10 MB in lines of 76 have 130,000
constexpr std::size_t names_shown = 20;

/// SHA-256 whose value can be asked for on the way.
class RunningHash {
 public:
  RunningHash() { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
  void add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }
  [[nodiscard]] bool is(std::string_view wanted) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> value{};
    unsigned size = 0;
    EVP_MD_CTX_copy_ex(copy_.get(), context_.get());
    EVP_DigestFinal_ex(copy_.get(), value.data(), &size);
    const auto same = [](unsigned char a, char b) { return a == static_cast<unsigned char>(b); };
    return std::ranges::equal(std::span(value).first(size), wanted, same);
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  using Context = std::unique_ptr<EVP_MD_CTX, Free>;
  Context context_{EVP_MD_CTX_new()}, copy_{EVP_MD_CTX_new()};
};

Canon other(Canon canon) { return canon == Canon::simple ? Canon::relaxed : Canon::simple; }

/// Offset in the body up to which it is what was signed, by the ends of lines.
std::optional<std::size_t> signed_up_to(std::string_view body, Canon canon, std::string_view wanted) {
  if (sha256(canonical_body("", canon)) == wanted) return 0;
  std::vector<TextLine> lines;
  append_plain(lines, body, {0, body.size()}, 0);
  if (lines.size() > most_lines) return std::nullopt;
  RunningHash hash;
  std::size_t empty_lines = 0;
  for (const auto& line : lines) {
    TextStore store;
    const auto text = canon == Canon::relaxed ? reduced(line.text, store) : line.text;
    if (text.empty() && ++empty_lines) continue;  // at the end they do not count (RFC 6376 §3.4.3, §3.4.4)
    for (; empty_lines > 0; --empty_lines) hash.add("\r\n");
    hash.add(text);
    hash.add("\r\n");
    if (hash.is(wanted)) return line.to;
  }
  return std::nullopt;
}

/// Offset in the body from which it is what was signed.
std::optional<std::size_t> signed_from(std::string_view body, Canon canon, std::string_view wanted) {
  if (body.size() > largest_searched) return std::nullopt;
  std::size_t from = 0;
  for (std::size_t i = 0; i < most_in_front; ++i) {
    const auto end = body.find("\r\n", from);
    if (end == std::string_view::npos) return std::nullopt;
    from = end + 2;
    if (sha256(canonical_body(body.substr(from), canon)) == wanted) return from;
  }
  return std::nullopt;
}

bool only_empty_lines(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), names_shown); ++i)
    out += (i == 0 ? "" : ", ") + safe_text(names[i], limits::explained_bytes);
  return out + (names.size() > names_shown ? ", …" : "");
}

class Analysis {
 public:
  Analysis(std::string_view raw, const Message& message, const Dkim& dkim)
      : raw_(raw), body_(message.body), dkim_(dkim) {}

  Known run(const DkimSignature& signature) {
    const auto form = canonical_body(body_, signature.body);
    const auto covered = std::min<std::uint64_t>(signature.length.value_or(form.size()), form.size());
    const bool cut = signature.length && *signature.length > form.size();
    const bool intact = !cut && sha256(std::string_view(form).substr(0, covered)) == signature.body_hash;
    say_which(signature, intact);
    if (cut)
      say("the body has " + std::to_string(form.size()) + " bytes where l= covers " +
          std::to_string(*signature.length) + ": it was cut short");
    else if (intact && covered < form.size())
      say("l= covers the first " + std::to_string(covered) + " bytes of the body: the " +
          std::to_string(form.size() - covered) + " after them may be anybody's");
    else if (!intact)
      signature.length ? search_covered(signature) : search(signature);
    return std::move(known_);
  }

 private:
  void say(std::string words) { known_.words.push_back(std::move(words)); }

  void say_which(const DkimSignature& signature, bool intact) {
    const auto* body = intact ? "the body is as it was signed" : "the body is not as it was signed";
    if (!dkim_.header_ok) return say(std::string(body) + "; the header could not be judged");
    if (*dkim_.header_ok) return say("the header fields are as they were signed; " + std::string(body));
    say(std::string(body) + "; the header is not: one of " + listed(signature.headers) +
        ", or the signature's own field, or the key is another");
  }

  /// With l=: whether the same bytes in the other form have the hash.
  void search_covered(const DkimSignature& signature) {
    const auto form = canonical_body(body_, other(signature.body));
    if (*signature.length <= form.size() &&
        sha256(std::string_view(form).substr(0, *signature.length)) == signature.body_hash)
      white_space(signature.body);
  }

  void search(const DkimSignature& signature) {
    for (const auto canon : {signature.body, other(signature.body)}) {
      const bool as_signed = canon == signature.body;
      if (const auto to = signed_up_to(body_, canon, signature.body_hash)) {
        if (!as_signed) white_space(signature.body);
        if (!only_empty_lines(body_.substr(*to))) added("footer-appended", {*to, body_.size()}, "appended to");
        return;
      }
      if (const auto from = signed_from(body_, canon, signature.body_hash)) {
        if (!as_signed) white_space(signature.body);
        return added("text-prepended", {0, *from}, "put in front of");
      }
    }
  }

  void white_space(Canon used) {
    if (used == Canon::relaxed)
      return say("bh= is the hash of the simple form: the signer did not do what its c= says");
    say("but for white space it is what was signed: relaxed canonicalization of the body would have held");
    known_.mutation.push_back({"white-space-changed", "body", {}, {}, {}});
  }

  void added(std::string kind, Span bytes, std::string_view how) {
    const auto shift = raw_.size() - body_.size();
    say(std::to_string(bytes.to - bytes.from) + " bytes were " + std::string(how) +
        " what was signed, which is there unchanged: \"" + safe_text(trim(bytes.of(body_)), 80) + "\"");
    std::vector<TextLine> lines;
    append_plain(lines, body_, bytes, 0);
    DiffText diff;
    for (const auto& line : lines) diff.add('+', line.text);
    known_.mutation.push_back(
        {std::move(kind), "body", {}, byte_range(bytes.from + shift, bytes.to + shift), diff.text()});
  }

  std::string_view raw_, body_;
  const Dkim& dkim_;
  Known known_;
};

}  // namespace

Known known_alone(std::string_view raw, const Message& message, const Dkim& dkim) {
  const auto fields = message.all("DKIM-Signature");
  const auto at = static_cast<std::size_t>(dkim.index);
  if (dkim.result == DkimOutcome::pass || dkim.result == DkimOutcome::neutral || at < 1 || at > fields.size())
    return {};
  DkimSignature read;
  const auto signature = parse_dkim_signature(fields[at - 1]->value, read);
  if (!signature || !signature->algorithm.ends_with("-sha256")) return {};
  return Analysis(raw, message, dkim).run(*signature);
}

}  // namespace mailprobe::auth
