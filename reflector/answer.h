// The answer to a probe: a text for people, the reflection as JSON, the header as it was received. Composed, not signed
// (probe/signing.h) and not sent. Bounded, whatever the probe held. RFC 2046 §5.1.3, RFC 3834 §3, RFC 6522 §4.
#pragma once

#include <string>
#include <string_view>

#include "base/address.h"
#include "base/time.h"
#include "evidence/document.h"

namespace mailprobe::reflector {

/// What is known of a probe that came in.
struct Arrival {
  std::string raw;  // as received
  Time received;
  evidence::Session session;
  std::optional<auth::Spf> spf;
  std::vector<auth::Dkim> dkim;
  auth::Dmarc dmarc;
  std::optional<auth::Arc> arc;
};

/// The claims that go out, without the header as received: that is a part of its own.
evidence::Reflection reflect(const Arrival& arrival, const std::string& probe, const std::string& host);
/// The header of `raw`, whole lines, at most evidence::max_reflected_headers octets.
std::string_view reflected_header(std::string_view raw);

struct Answer {
  std::string id;     // its own, for Message-ID and reverse-path
  std::string probe;  // the id of the probe
  Mailbox from, to;
  std::string contact;      // who runs this
  std::string in_reply_to;  // the probe's Message-ID, or empty
  Time date;
};

/// The probe's Message-ID where it is one: "<left@right>" of printable characters; else empty (RFC 5322 §3.6.4).
std::string message_id_of(std::string_view raw);

/// For people: what was seen, safe to print, lines of at most some 250 octets.
std::string text_of(const evidence::Reflection& seen, const Answer& answer);

/// CRLF line endings, all of it 7bit, ready to be signed.
std::string compose(const Answer& answer, const evidence::Reflection& seen, std::string_view header);

}  // namespace mailprobe::reflector
