// A scenario file, version 1, as plain data: what to send, what to watch, what to expect. Field names are the keys'.
// Not how it is read (scenarios/load.h), nor what becomes of it (scenarios/plan.h). docs/scenarios.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "base/vocabulary.h"
#include "base/words.h"

namespace mailprobe::scenarios {

constexpr std::size_t max_probes = 500;                 // of one file, all combinations and repeats
constexpr std::size_t max_combinations = 200;           // of one matrix
constexpr std::size_t max_parts = 50, max_nesting = 8;  // of one message
constexpr std::int64_t max_message_bytes = 30'000'000;  // more than any provider takes
constexpr std::size_t least_secret = 8;  // characters: a shorter one is part of too many words to be hidden
constexpr long max_repeats = 100, max_line_length = 10'000;

enum class TransferEncoding { seven_bit, eight_bit, quoted_printable, base64 };
/// What is wrong with every signature of a probe, on purpose.
enum class DkimFault { none, body_hash, signature, unknown_selector, revoked_key, expired, rsa_sha1, weak_key };
/// What some servers take for the end of DATA besides CRLF.CRLF (RFC 5321 §4.1.1.4). CVE-2023-51764, -51765, -51766.
enum class EndOfData {
  lf_dot_lf,
  lf_dot_cr,
  cr_dot_lf,
  cr_dot_cr,
  lf_dot_crlf,
  cr_dot_crlf,
  crlf_dot_crcrlf,
  crcrlf_dot_crcrlf,
  crlf_nul_dot_crlf
};
enum class Family { any, ipv4, ipv6 };
enum class Extension { chunking, requiretls, smtputf8, dsn };
enum class ReversePath { own, empty };
/// Whom the message says it is from: the identity; nobody, or twice somebody, against RFC 5322 §3.6.2; or a name below
/// the identity's domain whose records are made for it (evidence/negative_names.h).
enum class From {
  own,
  missing,
  twice,
  spf_fail,
  spf_softfail,
  spf_permerror,
  spf_lookups,
  dmarc_none,
  dmarc_quarantine,
  dmarc_reject,
  dmarc_strict,
  subdomain
};
enum class Multipart { mixed, alternative, related };

/// "64KB", "1MB": decimal, as message sizes are given (RFC 1870 counts octets).
struct Size {
  std::int64_t bytes = 0;
};

/// A leaf has a body, a multipart has parts.
struct Part {
  std::optional<std::string> type, charset, filename, body;
  std::optional<TransferEncoding> transfer_encoding;
  std::optional<Size> size;  // the body is filled up to it
  std::optional<std::int64_t> line_length;
  std::optional<Multipart> multipart;
  std::vector<Part> parts;
};

struct Dkim {
  bool sign = true;
  std::vector<std::string> keys;              // selectors; empty: all of the identity
  std::vector<std::string> canonicalization;  // empty: those of each key
  std::vector<std::string> headers;           // empty: the usual ones
  DkimFault fault = DkimFault::none;
};

using Header = std::pair<std::string, std::string>;

struct Send {
  std::optional<std::string> identity, to, subject;
  From from = From::own;
  ReversePath reverse_path = ReversePath::own;
  std::vector<Header> headers;
  Part content;  // its keys are those of `send` itself
  std::vector<Part> attachments;
  Dkim dkim;
  std::optional<EndOfData> end_of_data;  // a second message stands behind it
  std::optional<TlsFloor> tls;           // else the run's
  Family family = Family::any;
  std::vector<Extension> extensions;
};

struct Watch {
  bool mailbox = true, reply = false, traps = false, forward = false;
  bool dns = true;                                    // has names of its own, where our DNS is a witness
  std::vector<std::string> folders;                   // beside those of the configuration, for the whole run
  std::optional<std::chrono::milliseconds> deadline;  // from the final dot; else that of the run
};

/// A line of `expect`, as scenarios/expression.h reads it, and where it stands.
struct Expected {
  std::string text;
  int line = 0, column = 0;
};

struct Probe {
  std::string name;
  std::optional<std::string> variation;  // "charset=utf-8 size=1MB"
  std::vector<std::string> tags;
  std::optional<std::string> control_of;
  std::int64_t repeat = 1;
  bool secret = false;  // the value of one stands in `send`
  Send send;
  Watch watch;
  std::vector<Expected> expect;
  int line = 0, column = 0;  // where it stands
};

struct Scenario {
  std::string file;  // its name in messages
  std::int64_t version = 1;
  std::string name, description;
  std::vector<std::string> tags;
  std::vector<Probe> probes;          // every combination of its matrix
  std::vector<Expected> expect;       // of all of them
  std::vector<std::string> uses;      // names of variables that it has or mentions
  std::vector<std::string> warnings;  // "NAME:LINE:COLUMN: …": it may be run as it is
  std::vector<Secret> secrets;        // the values of its variables, where one stands in a message
};

}  // namespace mailprobe::scenarios

namespace mailprobe {

template <>
struct Words<scenarios::TransferEncoding> {
  static constexpr std::array table{
      std::pair{scenarios::TransferEncoding::seven_bit, std::string_view{"7bit"}},
      std::pair{scenarios::TransferEncoding::eight_bit, std::string_view{"8bit"}},
      std::pair{scenarios::TransferEncoding::quoted_printable, std::string_view{"quoted-printable"}},
      std::pair{scenarios::TransferEncoding::base64, std::string_view{"base64"}},
  };
};

template <>
struct Words<scenarios::DkimFault> {
  static constexpr std::array table{
      std::pair{scenarios::DkimFault::none, std::string_view{"none"}},
      std::pair{scenarios::DkimFault::body_hash, std::string_view{"body-hash"}},
      std::pair{scenarios::DkimFault::signature, std::string_view{"signature"}},
      std::pair{scenarios::DkimFault::unknown_selector, std::string_view{"unknown-selector"}},
      std::pair{scenarios::DkimFault::revoked_key, std::string_view{"revoked-key"}},
      std::pair{scenarios::DkimFault::expired, std::string_view{"expired"}},
      std::pair{scenarios::DkimFault::rsa_sha1, std::string_view{"rsa-sha1"}},
      std::pair{scenarios::DkimFault::weak_key, std::string_view{"weak-key"}},
  };
};

template <>
struct Words<scenarios::EndOfData> {
  static constexpr std::array table{
      std::pair{scenarios::EndOfData::lf_dot_lf, std::string_view{"lf-dot-lf"}},
      std::pair{scenarios::EndOfData::lf_dot_cr, std::string_view{"lf-dot-cr"}},
      std::pair{scenarios::EndOfData::cr_dot_lf, std::string_view{"cr-dot-lf"}},
      std::pair{scenarios::EndOfData::cr_dot_cr, std::string_view{"cr-dot-cr"}},
      std::pair{scenarios::EndOfData::lf_dot_crlf, std::string_view{"lf-dot-crlf"}},
      std::pair{scenarios::EndOfData::cr_dot_crlf, std::string_view{"cr-dot-crlf"}},
      std::pair{scenarios::EndOfData::crlf_dot_crcrlf, std::string_view{"crlf-dot-crcrlf"}},
      std::pair{scenarios::EndOfData::crcrlf_dot_crcrlf, std::string_view{"crcrlf-dot-crcrlf"}},
      std::pair{scenarios::EndOfData::crlf_nul_dot_crlf, std::string_view{"crlf-nul-dot-crlf"}},
  };
};

template <>
struct Words<scenarios::Family> {
  static constexpr std::array table{
      std::pair{scenarios::Family::any, std::string_view{"any"}},
      std::pair{scenarios::Family::ipv4, std::string_view{"ipv4"}},
      std::pair{scenarios::Family::ipv6, std::string_view{"ipv6"}},
  };
};

template <>
struct Words<scenarios::Extension> {
  static constexpr std::array table{
      std::pair{scenarios::Extension::chunking, std::string_view{"chunking"}},
      std::pair{scenarios::Extension::requiretls, std::string_view{"requiretls"}},
      std::pair{scenarios::Extension::smtputf8, std::string_view{"smtputf8"}},
      std::pair{scenarios::Extension::dsn, std::string_view{"dsn"}},
  };
};

template <>
struct Words<scenarios::ReversePath> {
  static constexpr std::array table{
      std::pair{scenarios::ReversePath::own, std::string_view{"own"}},
      std::pair{scenarios::ReversePath::empty, std::string_view{"empty"}},
  };
};

template <>
struct Words<scenarios::From> {
  static constexpr std::array table{
      std::pair{scenarios::From::own, std::string_view{"own"}},
      std::pair{scenarios::From::missing, std::string_view{"missing"}},
      std::pair{scenarios::From::twice, std::string_view{"twice"}},
      std::pair{scenarios::From::spf_fail, std::string_view{"spf-fail"}},
      std::pair{scenarios::From::spf_softfail, std::string_view{"spf-softfail"}},
      std::pair{scenarios::From::spf_permerror, std::string_view{"spf-permerror"}},
      std::pair{scenarios::From::spf_lookups, std::string_view{"spf-lookups"}},
      std::pair{scenarios::From::dmarc_none, std::string_view{"dmarc-none"}},
      std::pair{scenarios::From::dmarc_quarantine, std::string_view{"dmarc-quarantine"}},
      std::pair{scenarios::From::dmarc_reject, std::string_view{"dmarc-reject"}},
      std::pair{scenarios::From::dmarc_strict, std::string_view{"dmarc-strict"}},
      std::pair{scenarios::From::subdomain, std::string_view{"subdomain"}},
  };
};

template <>
struct Words<scenarios::Multipart> {
  static constexpr std::array table{
      std::pair{scenarios::Multipart::mixed, std::string_view{"mixed"}},
      std::pair{scenarios::Multipart::alternative, std::string_view{"alternative"}},
      std::pair{scenarios::Multipart::related, std::string_view{"related"}},
  };
};

}  // namespace mailprobe
