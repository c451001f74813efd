// One response of a server as a typed value. Pure: a frame in, a value or an error out; tolerant of what real servers
// write. Not a session: what a response means for it is imap/connection.h's. RFC 9051 §7, RFC 3501 §7.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace mailprobe::imap {

enum class Condition { ok, no, bad, bye, preauth };

/// RFC 9051 §7.1, tagged or untagged.
struct Status {
  std::string tag;  // empty: untagged
  Condition condition = Condition::ok;
  std::string code;      // upper case: "ALERT", "UIDNEXT"; empty: none
  std::string argument;  // the code's, as written
  std::string text;      // the peer's words, escape before showing

  [[nodiscard]] bool tagged() const { return !tag.empty(); }
  [[nodiscard]] bool ok() const { return condition == Condition::ok; }
};

struct Continuation {  // RFC 9051 §7.6
  std::string text;
};

struct CapabilityData {
  std::vector<std::string> names;
};

struct EnabledData {  // RFC 9051 §7.2.1
  std::vector<std::string> names;
};

struct ListData {  // RFC 9051 §7.3.1; XLIST of old servers too
  std::vector<std::string> attributes;
  std::string delimiter;  // empty: the hierarchy is flat
  std::string name;       // as on the wire
};

struct StatusData {  // RFC 9051 §7.3.4
  std::string name;
  std::optional<std::uint32_t> messages, uidnext, uidvalidity;
};

struct SearchData {  // RFC 3501 §7.2.5, RFC 9051 §7.3.5
  std::vector<std::uint32_t> numbers;
};

struct Exists {
  std::uint32_t count = 0;
};

struct Expunge {
  std::uint32_t number = 0;
};

struct FetchData {  // RFC 9051 §7.5.2
  std::uint32_t number = 0;
  std::optional<std::uint32_t> uid;
  std::optional<Time> internal_date;
  std::optional<std::string> body;    // BODY[]
  std::optional<std::string> fields;  // BODY[HEADER.FIELDS …]
};

struct OtherData {  // anything else: FLAGS, RECENT, NAMESPACE, what an extension has
  std::string keyword;
};

using Response = std::variant<Status, Continuation, CapabilityData, EnabledData, ListData, StatusData, SearchData,
                              Exists, Expunge, FetchData, OtherData>;

/// `frame`: imap/framing.h's, without its last CRLF.
Result<Response> parse_response(std::string_view frame);

/// The number that a code like UIDNEXT or UIDVALIDITY has.
std::optional<std::uint32_t> code_number(const Status& status);

}  // namespace mailprobe::imap
