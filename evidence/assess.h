// From evidence to findings to an exit status. Pure: no I/O, no clock, no globals.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <string_view>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::evidence {

/// One row of the catalogue (`mailprobe checks`).
struct Check {
  std::string_view id, passes_when, reference;
  FixBy fix_by = FixBy::nobody;
  bool expected_by_send = false;  // counts for the exit status of `send`
  bool expected_by_doctor = false;
  bool expected_by_inspect = false;  // of every address; an optional protection that is absent is no failure
};

const std::vector<Check>& catalogue();
/// nullptr: there is none of that name. Rows stand in the catalogue's order.
const Check* find_check(std::string_view id);

/// Where raw bytes come from: the document itself, or a file beside it (the caller reads it).
using RawReader = std::function<std::optional<std::string>(const Raw&)>;

/// Every finding of a document, in the catalogue's order. `document.findings` is not read.
std::vector<Finding> assess(const Document& document, const RawReader& raw);

/// All that follows from what was seen: `document`'s findings, scores and exit status, made anew.
void conclude(Document& document, const RawReader& raw);

/// 0, 1 or 3 by the contract (docs/architecture.md, Exit status); an interrupted run is 3.
int exit_status(const Document& document, bool fail_on_warn);
/// 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.
int nagios_status(const Document& document);

/// The raw bytes kept in the document itself.
std::optional<std::string> embedded(const Raw& raw);

/// By SPECIAL-USE (RFC 6154), else by the folder's name.
bool in_junk(const MailboxCopy& copy);

}  // namespace mailprobe::evidence
