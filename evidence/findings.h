// The findings while they are made: a check names itself, its subject and its verdict; the rest comes from the
// catalogue. For the sources of this room; who wants findings calls evidence/assess.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evidence/assess.h"
#include "evidence/pointer.h"

namespace mailprobe::evidence {

class Findings {
 public:
  /// Reference and fix_by are the catalogue's. The finding stays where it is until the next one is added.
  Finding& add(std::string_view check, std::string subject, Verdict verdict, std::string summary);
  [[nodiscard]] std::vector<Finding> take();

 private:
  std::vector<Finding> findings_;
};

const Check& check_of(std::string_view id);

// The families. Each reads the document and nothing else, raw bytes apart.
void judge_published(const Document& document, Findings& findings);
void judge_inbound(const Document& document, Findings& findings);
void judge_evaluation(const Document& document, Findings& findings);
void judge_path(const Document& document, const RawReader& raw, Findings& findings);
void judge_self(const Document& document, Findings& findings);

// Subjects, in the contract's spelling.
std::string domain_subject(const Document& document);
std::string mx_subject(const MxHost& host);
std::string address_subject(const Attempt& attempt);
std::string certificate_subject(const Attempt& attempt);  // "cert HOST IP ecdsa"
std::string probe_subject(const Probe& probe);

/// What the peer said, for a summary: one line, escaped and short.
std::string quoted(std::string_view text, std::size_t max = 160);
/// "3 messages", "1 message".
std::string count_of(std::size_t count, std::string_view noun);

}  // namespace mailprobe::evidence
