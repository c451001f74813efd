// One run as a history knows it without its evidence: what it was, whom it was about, what it came to.
#pragma once

#include <string>

#include "evidence/document.h"

namespace mailprobe::history {

/// Runs of one kind are compared with each other.
struct Kind {
  std::string command;    // "send", "run", "inspect"
  std::string target;     // the domain, or the server
  std::string recipient;  // whom its probes went to; empty: nobody, or several
  std::string scenario;   // of `run`; else empty

  bool operator==(const Kind&) const = default;
};

Kind kind_of(const evidence::Document& document);

struct Row {
  std::string id;
  Kind kind;
  bool interrupted = false;
  evidence::TrendPoint point;
};

/// Of a document with an id.
Row row_of(const evidence::Document& document);

}  // namespace mailprobe::history
