// The report as a mail: a text for reading, the page attached. Composed, not signed and not sent. Whom it goes to is
// the caller's to know. RFC 5322 §3.6, RFC 2045, RFC 2046 §5.1.3, RFC 3834 §5.
#pragma once

#include <string>

#include "base/address.h"
#include "base/time.h"
#include "evidence/assess.h"

namespace mailprobe::reporter {

struct Envelope {
  std::string id;  // for Message-ID; nobody else knows it
  Mailbox from, to;
  Time date;
};

/// CRLF line endings, all of it 7bit, ready to be signed. `page` is the HTML report.
std::string mail(const evidence::Document& document, std::string_view page, const Envelope& envelope,
                 const evidence::RawReader& raw = evidence::embedded);

}  // namespace mailprobe::reporter
