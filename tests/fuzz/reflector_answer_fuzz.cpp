// A message that comes to a reflector: whoever is answered is in the organisation of its From and at most sixteen; the
// answer to whatever it holds is 7bit, bounded, is answered by nobody, and reads back.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "auth/author.h"
#include "auth/public_suffix.h"
#include "evidence/reflection.h"
#include "reflector/answer.h"
#include "reflector/manners.h"

using namespace mailprobe;
using namespace mailprobe::reflector;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

bool printable(const std::string& text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  return true;
}

/// As if every signature were good, and of the From's domain.
std::vector<auth::Dkim> good_signatures(const auth::Message& message, const auth::Dmarc& dmarc) {
  std::vector<auth::Dkim> all(message.all("DKIM-Signature").size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].index = static_cast<int>(i) + 1;
    all[i].domain = dmarc.domain;
    all[i].result = auth::DkimOutcome::pass;
  }
  return all;
}

/// As if DMARC passed for what the From says: by SPF where nothing is signed.
auth::Dmarc passing(const auth::Message& message) {
  auth::Dmarc dmarc;
  const auto author = auth::author_domain(message);
  if (!author) return dmarc;
  dmarc.result = auth::DmarcOutcome::pass;
  dmarc.domain = *author;
  dmarc.aligned_spf = message.first("DKIM-Signature") == nullptr;
  return dmarc;
}

void check_judgement(const auth::Message& message, const auth::Dmarc& dmarc) {
  const auto addresses =
      message.first("From") != nullptr ? auth::addresses_of(message.first("From")->value) : std::vector<std::string>{};
  const auto reverse_path = addresses.empty() ? std::string("a@b.test") : addresses.front();
  const auto dkim = good_signatures(message, dmarc);
  const auto judged = judge({.message = message, .reverse_path = reverse_path, .dkim = dkim, .dmarc = dmarc}, {});
  check(judged.refusal.has_value() == judged.recipients.empty());
  check(!judged.refusal || (!judged.detail.empty() && printable(judged.detail)));
  check(judged.recipients.size() <= max_answers);
  for (const auto& recipient : judged.recipients)
    check(auth::registrable_domain(recipient.domain()) == auth::registrable_domain(dmarc.domain));
  for (const auto& [address, why] : judged.left_out) check(printable(address) && printable(why));
}

void check_answer(std::string raw, const auth::Dmarc& dmarc) {
  Arrival arrival;
  arrival.session.helo = raw.substr(0, 300);
  arrival.session.mail_from = raw.substr(0, 300);
  arrival.dmarc = dmarc;
  arrival.raw = std::move(raw);
  const Answer answer{.id = "zyxwvutsrqponmlkjihgfedcba",
                      .probe = "abcdefghijklmnopqrstuvwxyz",
                      .from = Mailbox::parse("reflector@reflector.test").value(),
                      .to = Mailbox::parse("probe@probe.test").value(),
                      .contact = {},
                      .in_reply_to = message_id_of(arrival.raw),
                      .date = arrival.received};
  const auto out = compose(answer, reflect(arrival, answer.probe, "mx.reflector.test"), reflected_header(arrival.raw));
  for (const char c : out) check((c >= ' ' && c < '\x7f') || c == '\r' || c == '\n' || c == '\t');
  const auto read = evidence::read_reflection(out);
  check(read.has_value() && read->session.probe == answer.probe);
  const auto message = auth::split_message(out);
  const auto again = judge({.message = message, .reverse_path = "probe@probe.test", .dkim = {}, .dmarc = dmarc}, {});
  check(again.refusal == Refusal::answer);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string raw(reinterpret_cast<const char*>(data), size);
  const auto message = auth::split_message(raw);
  const auto dmarc = passing(message);
  check_judgement(message, dmarc);
  check_answer(raw, dmarc);
  return 0;
}
