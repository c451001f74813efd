#include "auth/single_message.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <map>
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
//  1. the whole in the other canonicalization: only white space changed, or the signer did not do what its c= says
//  2. the body up to the end of each line: what follows was appended
//  3. the body without its first lines: they were put in front

namespace mailprobe::auth {

namespace {

// What that may cost, whoever wrote the message: some 100 ms.
constexpr std::size_t most_signatures = 3;
constexpr std::size_t largest_searched =
    256UL * 1024;                         // bytes of a body; one with attachments has no footer at its end
constexpr std::size_t most_in_front = 8;  // lines; each is a hash of the body
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
  if (body.size() > largest_searched) return std::nullopt;
  if (sha256(canonical_body("", canon)) == wanted) return 0;
  std::vector<TextLine> lines;
  append_plain(lines, body, {0, body.size()}, 0);
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

/// The hash of the whole body in each form, made once for all signatures.
class BodyHashes {
 public:
  explicit BodyHashes(std::string_view body) : body_(body) {}
  const std::string& whole(Canon canon) {
    auto& hash = known_[canon];
    if (hash.empty()) hash = sha256(canonical_body(body_, canon));
    return hash;
  }

 private:
  std::string_view body_;
  std::map<Canon, std::string> known_;
};

class Analysis {
 public:
  Analysis(std::string_view raw, std::string_view body, const Dkim& dkim, BodyHashes& hashes)
      : raw_(raw), body_(body), dkim_(dkim), hashes_(hashes) {}

  Known run(const DkimSignature& signature) {
    if (signature.length) {
      with_length(signature, *signature.length);
    } else {
      const bool intact = dkim_.body_ok.value_or(false) || hashes_.whole(signature.body) == signature.body_hash;
      say_which(signature, intact);
      if (!intact) search(signature);
    }
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

  /// RFC 6376 §3.5, l=.
  void with_length(const DkimSignature& signature, std::uint64_t length) {
    const auto form = canonical_body(body_, signature.body);
    const bool cut = length > form.size();
    const bool intact = !cut && sha256(std::string_view(form).substr(0, length)) == signature.body_hash;
    say_which(signature, intact);
    if (cut)
      say("the body has " + std::to_string(form.size()) + " bytes where l= covers " + std::to_string(length) +
          ": it was cut short");
    else if (intact && length < form.size())
      say("l= covers the first " + std::to_string(length) + " bytes of the body: the " +
          std::to_string(form.size() - length) + " after them may be anybody's");
    else if (!intact)
      search_covered(signature, length);
  }

  /// Whether the same number of bytes in the other form has the hash.
  void search_covered(const DkimSignature& signature, std::uint64_t length) {
    const auto form = canonical_body(body_, other(signature.body));
    if (length <= form.size() && sha256(std::string_view(form).substr(0, length)) == signature.body_hash)
      white_space(signature.body);
  }

  void search(const DkimSignature& signature) {
    if (hashes_.whole(other(signature.body)) == signature.body_hash) return white_space(signature.body);
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
  BodyHashes& hashes_;
  Known known_;
};

bool to_analyse(const Dkim& dkim) {
  return dkim.result != DkimOutcome::pass && dkim.result != DkimOutcome::neutral && dkim.index >= 1;
}

}  // namespace

std::vector<Known> known_alone(std::string_view raw, const Message& message, const std::vector<Dkim>& dkim) {
  const auto fields = message.all("DKIM-Signature");
  BodyHashes hashes(message.body);
  std::vector<Known> all(dkim.size());
  std::size_t left = most_signatures;
  for (std::size_t i = 0; i < dkim.size() && left > 0; ++i) {
    const auto at = static_cast<std::size_t>(dkim[i].index);
    if (!to_analyse(dkim[i]) || at > fields.size()) continue;
    DkimSignature read;
    const auto signature = parse_dkim_signature(fields[at - 1]->value, read);
    if (!signature || !signature->algorithm.ends_with("-sha256")) continue;
    --left;
    all[i] = Analysis(raw, message.body, dkim[i], hashes).run(*signature);
  }
  return all;
}

}  // namespace mailprobe::auth
