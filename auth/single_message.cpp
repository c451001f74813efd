#include "auth/single_message.h"

#include <algorithm>
#include <optional>
#include <span>

#include "auth/body_hashes.h"
#include "auth/diff_text.h"
#include "auth/dkim_signature.h"
#include "auth/limits.h"
#include "auth/mutation.h"
#include "auth/restored_body.h"
#include "auth/signed_part.h"
#include "auth/text_lines.h"
#include "base/encoding.h"
#include "base/safe_text.h"
#include "base/text.h"

// What a hash proves: bh= is that of a body that was signed. Where a part of the body received has that hash, that part
// is the body signed, and the rest was added. Tried are, in this order:
//  1. the whole in the other canonicalization: only white space changed, or the signer did not do what its c= says
//  2. the body up to the end of each line: what follows was appended
//  3. the body without its first lines: they were put in front
//  4. the body with quoted-printable or base64 undone, its parts and their headers as a hop may have found them

namespace mailprobe::auth {

namespace {

// What that may cost, whoever wrote the message: some 100 ms.
constexpr std::size_t most_signatures = 3;
constexpr std::size_t largest_searched =
    256UL * 1024;  // bytes of a body; one with attachments has no footer at its end
constexpr std::size_t most_guessed = 4UL * 1024 * 1024;  // bytes of bodies with a transfer encoding undone, hashed
constexpr std::size_t names_shown = 20;

Canon other(Canon canon) { return canon == Canon::simple ? Canon::relaxed : Canon::simple; }

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), names_shown); ++i)
    out += (i == 0 ? "" : ", ") + safe_text(names[i], limits::explained_bytes);
  return out + (names.size() > names_shown ? ", …" : "");
}

/// The body in all the forms that are tried, each made once for all signatures.
struct Body {
  explicit Body(const Message& whole) : message(whole), bytes(whole.body), hashes(whole.body) {}

  [[nodiscard]] bool whole_is(Canon canon, std::string_view wanted) { return hashes.hash(canon, {}) == wanted; }
  const std::vector<TextLine>& lines() {
    if (plain.empty()) append_plain(plain, bytes, {0, bytes.size()}, 0);
    return plain;
  }
  RestoredBodies& restored_bodies() {
    if (!restored) restored.emplace(message);
    return *restored;
  }

  const Message& message;
  std::string_view bytes;
  BodyHashes hashes;
  std::vector<TextLine> plain;
  std::optional<RestoredBodies> restored;
  std::size_t guessed_bytes = 0;
};

class Analysis {
 public:
  Analysis(std::string_view raw, const Dkim& dkim, Body& body) : raw_(raw), dkim_(dkim), body_(body) {}

  Known run(const DkimSignature& signature) {
    if (signature.length) {
      with_length(signature, *signature.length);
    } else {
      const bool intact = dkim_.body_ok.value_or(false) || body_.whole_is(signature.body, signature.body_hash);
      say_which(signature, intact);
      if (!intact) search(signature);
    }
    for (auto& mutation : known_.mutation) mutation.canonicalizations = surviving_canonicalizations(mutation.kind);
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

  /// Whether the first `length` bytes of that form are what was signed; nothing beyond the form's end.
  std::optional<bool> covered_is(Canon canon, std::uint64_t length, std::string_view wanted) {
    const auto form = body_.hashes.canonical(canon);
    if (length > form.size()) return std::nullopt;
    return sha256(form.substr(0, length)) == wanted;
  }

  /// RFC 6376 §3.5, l=.
  void with_length(const DkimSignature& signature, std::uint64_t length) {
    const auto size = body_.hashes.canonical(signature.body).size();
    const auto intact = covered_is(signature.body, length, signature.body_hash);
    say_which(signature, intact.value_or(false));
    if (!intact)
      say("the body has " + std::to_string(size) + " bytes where l= covers " + std::to_string(length) +
          ": it was cut short");
    else if (*intact && length < size)
      say("l= covers the first " + std::to_string(length) + " bytes of the body: the " + std::to_string(size - length) +
          " after them may be anybody's");
    else if (!*intact && covered_is(other(signature.body), length, signature.body_hash).value_or(false))
      white_space(signature.body);
  }

  void search(const DkimSignature& signature) {
    if (body_.whole_is(other(signature.body), signature.body_hash)) return white_space(signature.body);
    if (found_additions(signature)) return;
    find_recoding(signature);
  }

  bool found_additions(const DkimSignature& signature) {
    const auto bytes = body_.bytes;
    if (bytes.size() > largest_searched) return false;
    for (const auto canon : {signature.body, other(signature.body)}) {
      const bool as_signed = canon == signature.body;
      if (const auto count = signed_up_to(body_.lines(), canon, signature.body_hash)) {
        if (!as_signed) white_space(signature.body);
        appended(body_.lines(), *count);
        return true;
      }
      if (const auto from = signed_from(bytes, canon, signature.body_hash)) {
        if (!as_signed) white_space(signature.body);
        added("text-prepended", {0, *from}, "put in front of");
        return true;
      }
    }
    return false;
  }

  void find_recoding(const DkimSignature& signature) {
    if (body_.guessed_bytes + body_.bytes.size() > most_guessed) return;
    auto& bodies = body_.restored_bodies();
    for (std::size_t i = 0; i < bodies.size(); ++i) {
      body_.guessed_bytes += body_.bytes.size();
      if (body_.guessed_bytes > most_guessed) return;
      const auto guess = bodies.guess(i);
      if (is_signed(guess.lines, signature.body, signature.body_hash)) return recoded(guess);
      const bool one_text = bodies.size() == 1 && body_.bytes.size() <= largest_searched;
      if (const auto count = one_text ? signed_up_to(guess.lines, signature.body, signature.body_hash) : std::nullopt) {
        recoded(guess);
        return appended(guess.lines, *count);
      }
    }
  }

  void recoded(const RestoredBody& guess) {
    const auto& first = *guess.recoded.front();
    const auto count = guess.recoded.size();
    say("the transfer encoding of " + (count == 1 ? "the text" : std::to_string(count) + " parts") +
        " was changed from " + std::string(first.before()) + " to " + std::string(first.now()) +
        ": with that undone the body is what was signed; text sent as 7bit, or encoded, is left alone");
    for (const auto* part : guess.recoded) {
      const auto bytes = part->content.bytes;
      std::vector<TextLine> raw;
      append_plain(raw, body_.bytes, bytes, 0);
      known_.mutation.push_back(
          {"transfer-encoding-changed", "body", {}, in_message(bytes), first_difference(part->lines, raw)});
    }
  }

  void white_space(Canon used) {
    if (used == Canon::relaxed)
      return say("bh= is the hash of the simple form: the signer did not do what its c= says");
    say("but for white space it is what was signed: relaxed canonicalization of the body would have held");
    known_.mutation.push_back({"white-space-changed", "body", {}, {}, {}});
  }

  [[nodiscard]] ByteRange in_message(Span bytes) const {
    const auto shift = raw_.size() - body_.bytes.size();
    return byte_range(bytes.from + shift, bytes.to + shift);
  }

  /// What follows the first `count` lines; empty lines are nothing.
  void appended(const std::vector<TextLine>& lines, std::size_t count) {
    const auto rest = std::span(lines).subspan(count);
    if (std::ranges::all_of(rest, [](const TextLine& line) { return trim(line.text).empty(); })) return;
    added("footer-appended", {rest.front().from, body_.bytes.size()}, "appended to");
  }

  void added(std::string kind, Span bytes, std::string_view how) {
    say(std::to_string(bytes.to - bytes.from) + " bytes were " + std::string(how) +
        " what was signed, which is there unchanged: \"" + safe_text(trim(bytes.of(body_.bytes)), 80) + "\"");
    std::vector<TextLine> lines;
    append_plain(lines, body_.bytes, bytes, 0);
    DiffText diff;
    for (const auto& line : lines) diff.add('+', line.text);
    known_.mutation.push_back({std::move(kind), "body", {}, in_message(bytes), diff.text()});
  }

  std::string_view raw_;
  const Dkim& dkim_;
  Body& body_;
  Known known_;
};

bool to_analyse(const Dkim& dkim) {
  return dkim.result != DkimOutcome::pass && dkim.result != DkimOutcome::neutral && dkim.index >= 1;
}

}  // namespace

std::vector<Known> known_alone(std::string_view raw, const Message& message, const std::vector<Dkim>& dkim) {
  const auto fields = message.all("DKIM-Signature");
  Body body(message);
  std::vector<Known> all(dkim.size());
  std::size_t left = most_signatures;
  for (std::size_t i = 0; i < dkim.size() && left > 0; ++i) {
    const auto at = static_cast<std::size_t>(dkim[i].index);
    if (!to_analyse(dkim[i]) || at > fields.size()) continue;
    DkimSignature read;
    const auto signature = parse_dkim_signature(fields[at - 1]->value, read);
    if (!signature || !signature->algorithm.ends_with("-sha256")) continue;
    --left;
    all[i] = Analysis(raw, dkim[i], body).run(*signature);
  }
  return all;
}

}  // namespace mailprobe::auth
