#include "evidence/controls.h"

namespace mailprobe::evidence {

std::string_view base_name(std::string_view name) { return name.substr(0, name.find_first_of("/#")); }

std::vector<const Probe*> controls_of(const Document& document, const Probe& probe) {
  std::vector<const Probe*> all, alike;
  for (const auto& other : document.probes) {
    if (!other.control_of) continue;
    if (*other.control_of != probe.name && *other.control_of != base_name(probe.name)) continue;
    all.push_back(&other);
    if (other.variation == probe.variation) alike.push_back(&other);
  }
  return alike.empty() ? all : alike;
}

}  // namespace mailprobe::evidence
