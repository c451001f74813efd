#include "base/safe_text.h"
#include "base/time.h"
#include "reflector/answer.h"

namespace mailprobe::reflector {

namespace {

using evidence::Reflection;

constexpr std::size_t max_value = 200;  // octets of a value from outside
constexpr std::size_t label_width = 10;

std::string safe(std::string_view text) { return safe_text(text, max_value); }

std::string line(std::string label, const std::string& value) {
  label.resize(label_width, ' ');
  return "  " + label + " " + value + "\n";
}

std::string because(const std::string& reason) { return reason.empty() ? std::string() : ": " + safe(reason); }

std::string name(const evidence::Session& session) {
  if (session.ptr) return safe(*session.ptr) + ", confirmed";
  if (!session.ptr_confirmed) return "its name could not be looked up";
  return session.ptr_claimed ? safe(*session.ptr_claimed) + ", which does not lead back to it" : "no name";
}

std::string client(const evidence::Session& session) {
  if (session.address.empty()) return "not known";
  return safe(session.address) + " (" + name(session) + ")";
}

std::string tls(const evidence::Session& session) {
  if (!session.tls) return session.address.empty() ? "not known" : "none: it came in plain text";
  const auto& facts = *session.tls;
  return safe(facts.version) + ", " + safe(facts.cipher) + (facts.group ? ", " + safe(*facts.group) : std::string());
}

std::string spf(const Reflection& seen) {
  if (!seen.spf) return "not evaluated";
  const auto& found = *seen.spf;
  auto text = std::string(word(found.result)) + " for " + safe(found.domain);
  if (!found.identity.empty()) text += " (" + safe(found.identity) + ")";
  if (found.mechanism) text += " by " + safe(*found.mechanism);
  return text + because(found.reason);
}

std::string dkim(const Reflection& seen) {
  if (seen.dkim.empty()) return line("DKIM", "no signature");
  std::string out;
  for (const auto& found : seen.dkim)
    out += line("DKIM", std::string(word(found.result)) + ", " + safe(found.algorithm) + " " +
                            safe(found.canonicalization) + " of " + safe(found.domain) + ", selector " +
                            safe(found.selector) + because(found.reason));
  return out;
}

std::string dmarc(const Reflection& seen) {
  const auto& found = seen.dmarc;
  if (!found.result) return "not evaluated" + because(found.reason);
  auto text = std::string(word(*found.result)) + " for " + safe(found.domain);
  if (found.policy) text += ", policy " + std::string(word(*found.policy));
  std::string aligned;
  if (found.aligned_spf == true) aligned = "SPF";
  if (found.aligned_dkim == true) aligned += aligned.empty() ? "DKIM" : " and DKIM";
  if (!aligned.empty()) text += ", aligned by " + aligned;
  return text + because(found.reason);
}

std::string arc(const Reflection& seen) {
  if (!seen.arc) return "no chain";
  return std::string(word(seen.arc->result)) + ", " + std::to_string(seen.arc->instances.size()) + " sets" +
         because(seen.arc->reason);
}

std::string envelope(const evidence::Session& session) {
  if (!session.mail_from) return "not known";
  return "<" + safe(*session.mail_from) + (session.require_tls ? ">, TLS required on the whole way" : ">");
}

}  // namespace

std::string text_of(const Reflection& seen, const Answer& answer) {
  const auto contact = answer.contact.empty() ? answer.from.text() : safe(answer.contact);
  const auto& session = seen.session;
  return "Your test message has arrived. This is what " + safe(seen.host) + " saw of it:\n\n" +
         line("received", seen.received ? rfc3339(*seen.received) : "not known") + line("from", client(session)) +
         line("HELO", session.helo ? safe(*session.helo) : "not known") + line("TLS", tls(session)) +
         line("envelope", envelope(session)) + "\n" + line("SPF", spf(seen)) + dkim(seen) + line("DMARC", dmarc(seen)) +
         line("ARC", arc(seen)) +
         "\nThe same is attached for programs (reflection.json), and the header as it\n"
         "arrived (headers.txt). A program wrote this, mailprobe, because the message\n"
         "asked for an answer.\n\n"
         "It is run by:  " +
         contact +
         "\nTo get no more answers, write to that address.\n\n"
         "Id: " +
         safe(answer.probe) + "\n";
}

}  // namespace mailprobe::reflector
