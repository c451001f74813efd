#include "reporter/mail.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/text.h"
#include "reporter/phrases.h"
#include "reporter/reporter.h"
#include "reporter/summary.h"

namespace mailprobe::reporter {

namespace {

constexpr std::size_t most_of_a_name = 120;  // in the subject

/// RFC 5322 §2.2: a field is printable US-ASCII; another sign has no place in a subject that nobody encodes.
std::string printable(std::string_view text) {
  std::string out(text.substr(0, most_of_a_name));
  std::ranges::replace_if(out, [](char c) { return c < ' ' || c > '~'; }, '?');
  return out;
}

std::string part(std::string_view type, std::string_view more, std::string_view text) {
  return fmt::format("Content-Type: {}\r\nContent-Transfer-Encoding: base64\r\n{}\r\n{}", type, more,
                     base64_lines(text));
}

std::string subject_of(const evidence::Document& document) {
  const auto verdict = verdict_label(overall_verdict(document));
  return fmt::format("mailprobe: {}: {}", printable(addressee(document)), verdict);
}

}  // namespace

std::string mail(const evidence::Document& document, std::string_view page, const Envelope& envelope,
                 const evidence::RawReader& raw) {
  const auto boundary = "mailprobe-" + envelope.id;  // nobody knows the id before: no part can hold it
  auto out = fmt::format(
      "Date: {}\r\nFrom: {}\r\nTo: {}\r\nSubject: {}\r\nMessage-ID: <{}@{}>\r\nAuto-Submitted: auto-generated\r\n"
      "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"{}\"\r\n\r\n",
      rfc5322(envelope.date), envelope.from.text(), envelope.to.text(), subject_of(document), envelope.id,
      envelope.from.domain(), boundary);
  const auto text = terminal(document, {.width = 76}, raw);
  out += fmt::format("--{}\r\n{}", boundary, part("text/plain; charset=utf-8", "", to_crlf(text)));
  out += fmt::format(
      "--{}\r\n{}--{}--\r\n", boundary,
      part("text/html; charset=utf-8", "Content-Disposition: attachment; filename=\"report.html\"\r\n", page),
      boundary);
  return out;
}

}  // namespace mailprobe::reporter
