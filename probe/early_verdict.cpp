#include "probe/early_verdict.h"

#include <algorithm>

#include "evidence/controls.h"

namespace mailprobe::probe {

std::optional<std::string> failed_already(evidence::Document document, const std::vector<scenarios::Awaited>& awaited,
                                          const evidence::RawReader& raw) {
  evidence::conclude(document, raw);
  for (const auto& one : scenarios::judge(document, awaited, raw)) {
    if (one.verdict != evidence::Verdict::fail) continue;
    const auto probe = std::ranges::find(document.probes, one.probe.value_or(""), &evidence::Probe::id);
    return (probe == document.probes.end() ? std::string() : probe->name + ": ") + one.text;
  }
  return std::nullopt;
}

bool belong_together(const evidence::Probe& a, const evidence::Probe& b) {
  const auto controls = [](const evidence::Probe& control, const evidence::Probe& of) {
    return control.control_of == of.name || control.control_of == evidence::base_name(of.name);
  };
  return controls(a, b) || controls(b, a);
}

}  // namespace mailprobe::probe
