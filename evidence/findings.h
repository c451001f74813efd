// The findings while they are made: a check names itself, its subject and its verdict; the rest comes from the
// catalogue. For the sources of this room; who wants findings calls evidence/assess.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evidence/assess.h"
#include "evidence/pointer.h"

namespace mailprobe::evidence {

struct Judgement {
  Verdict verdict = Verdict::not_tested;
  std::string summary;  // one sentence; its full stop may be left out
  std::optional<Cause> cause;
  std::string advice;
  std::vector<std::string> evidence;
  std::optional<Grade> grade;
};

class Findings {
 public:
  /// Reference and fix_by are the catalogue's; a fault or a limit of ours is ours to fix, and nobody fixes what is not
  /// wrong. The finding stays where it is until the next one is added.
  Finding& add(std::string_view check, std::string subject, Judgement judgement);
  [[nodiscard]] bool has(std::string_view check, std::string_view subject) const;
  [[nodiscard]] std::vector<Finding> take();

 private:
  std::vector<Finding> findings_;
};

const Check& check_of(std::string_view id);

/// Whether the document is one of `doctor`, which sends nothing and has no target but us.
bool of_doctor(const Document& document);
/// Whether it is one of `inspect`, which sends nothing either.
bool of_inspect(const Document& document);
/// Whether it is one of `run`: its scenario's expectations count, and the findings stand beside them.
bool of_run(const Document& document);

// The families. Each reads the document and nothing else, raw bytes apart.
void judge_published(const Document& document, Findings& findings);
void judge_records(const Document& document, Findings& findings);
void judge_policies(const Document& document, Findings& findings);
void judge_dane(const Document& document, Findings& findings);
void judge_mta_sts(const Document& document, Findings& findings);
void judge_inbound(const Document& document, Findings& findings);
void judge_smuggling(const Document& document, Findings& findings);
void judge_evaluation(const Document& document, Findings& findings);
void judge_skipped(const Document& document, Findings& findings);
void judge_path(const Document& document, const RawReader& raw, Findings& findings);
void judge_traps(const Document& document, Findings& findings);
void judge_outbound(const Document& document, const RawReader& raw, Findings& findings);
void judge_forward(const Document& document, const RawReader& raw, Findings& findings);
void judge_self(const Document& document, Findings& findings);

/// The attempt that decided about a probe that has one: the last, but for addresses that we have no route for.
const Attempt& deciding(const Probe& probe);

/// Why a host has no addresses, where their look-up failed: read off its problem's words.
std::optional<Cause> failed_look_up(const MxHost& host);

// Subjects, in the contract's spelling.
std::string domain_subject(std::string_view domain);
std::string mx_subject(std::string_view host);
std::string address_subject(const Attempt& attempt);
std::string address_subject(std::string_view host, std::string_view ip);
std::string certificate_subject(const Attempt& attempt);  // "cert HOST IP ecdsa"
std::string probe_subject(const Probe& probe);
std::string trap_subject(std::string_view name);  // "trap no-starttls"
std::string self_subject(const Self& self);       // "domain HELO"

/// About a trap and nothing else: what a client does at such a host says nothing of how it sends otherwise.
bool of_trap(const Finding& finding);

/// Words from outside on one line, escaped and cut.
std::string plain(std::string_view text, std::size_t max = 160);
/// The same in quotation marks.
std::string quoted(std::string_view text, std::size_t max = 160);
/// Why a look-up of target.failed failed; null: it is not among them.
const FailedLookUp* failure_of(const Target& target, std::string_view what);
/// "1 byte", "2 bytes".
std::string count_of(std::size_t count, std::string_view noun);
/// A sentence with its full stop.
std::string ended(std::string sentence);
/// "a, b and c"
std::string listed(const std::vector<std::string>& words);

}  // namespace mailprobe::evidence
