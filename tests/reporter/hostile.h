// What a peer may write where it can write anything, and a document full of it: what renderers, and a browser, are
// tried on.
#pragma once

#include <string>
#include <vector>

#include "reporter/each_text.h"
#include "tests/reporter/rendered.h"

namespace mailprobe::test {

struct Payload {
  std::string name, text;
};

inline std::vector<Payload> payloads() {
  using namespace std::string_literals;
  return {{"script", "<script>alert(1)</script>"},
          {"attribute", "\" onload=\"alert(1)\" x='"},
          {"image", "'><img src=x onerror=alert(1)>"},
          {"ends", "</style></title></text></svg><script>alert(1)</script>"},
          {"cdata", "]]><!-- --><x/>"},
          {"mustache", "{{{title}}}{{#probes}}x{{/probes}}{{=<% %>=}}"},
          {"escape", "\x1b[2J\x1b]0;title\x07"},
          {"c1",
           "\xc2\x9b"
           "31m"},
          {"bidi",
           "\xe2\x80\xae"
           "txt.exe\xe2\x80\xac"},
          {"lines", "a\r\nnot ok 99 - forged\r\n"},
          {"nul", "a\0b"s},
          {"latin", "caf\xe9"},
          {"noncharacter", "\xef\xbf\xbf\xef\xbf\xbe"},
          {"pipe", "| latency=0s;;;0 'x'=1"},
          {"tap", "# TODO later \\ # SKIP"}};
}

/// In every string of a document that has every section.
inline evidence::Document filled(const std::string& payload) {
  auto document = assessed(footer_delivery());
  document.expectations = scenario_run().expectations;
  const auto asked = looked_up(), unread = unread_lookups();
  document.probes.front().dns = asked.probes.front().dns;
  document.probes.front().dns_witness = unread.probes.front().dns_witness;
  document.probes.front().forward = answered().probes.front().reply;
  document.probes.front().smuggling = evidence::Smuggling{.sequence = "lf-dot-lf",
                                                          .id = "second",
                                                          .replies = {{250, "2.0.0", "ok"}},
                                                          .whole = false,
                                                          .folder = "INBOX",
                                                          .raw = document.probes.front().sent->raw};
  reporter::each_text(document, [&](std::string& text) { text = payload; });
  for (auto& finding : document.findings) finding.evidence = {payload};
  return document;
}

}  // namespace mailprobe::test
