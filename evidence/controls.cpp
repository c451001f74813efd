#include "evidence/controls.h"

#include <algorithm>
#include <array>

#include "evidence/answered.h"

namespace mailprobe::evidence {

std::string_view base_name(std::string_view name) { return name.substr(0, name.find_first_of("/# ")); }

namespace {

/// Which MX it went to, where each probe goes to every one of them: "text/utf-8 mx2.example.org 192.0.2.7".
std::string_view place_of(std::string_view name) {
  const auto space = name.find(' ');
  return space == std::string_view::npos ? std::string_view{} : name.substr(space);
}

using Probes = std::vector<const Probe*>;

/// Those that are like it; all where none is.
Probes alike(Probes all, const auto& is_like) {
  Probes some;
  for (const auto* each : all)
    if (is_like(*each)) some.push_back(each);
  return some.empty() ? all : some;
}

/// Whoever answers so has got it. A bounce says that nobody has, a notice of delay that nobody has yet.
bool was_received(AnswerKind kind) {
  using enum AnswerKind;
  constexpr std::array kinds{person, vacation, reflector, complaint, opt_out, forward, delivered};
  return std::ranges::find(kinds, kind) != kinds.end();
}

}  // namespace

std::vector<const Probe*> controls_of(const Document& document, const Probe& probe) {
  Probes all;
  for (const auto& other : document.probes) {
    if (!other.control_of) continue;
    const auto name = std::string_view(probe.name).substr(0, probe.name.find(' '));
    const bool whole = *other.control_of == probe.name;  // a value of its matrix may have a space
    if (!whole && *other.control_of != name && *other.control_of != base_name(name)) continue;
    all.push_back(&other);
  }
  all = alike(std::move(all), [&](const Probe& other) { return other.variation == probe.variation; });
  return alike(std::move(all), [&](const Probe& other) { return place_of(other.name) == place_of(probe.name); });
}

bool arrived(const Probe& probe) {
  if (probe.mailbox || probe.forward) return true;
  const auto answers = answers_of(probe, {});
  return std::ranges::any_of(answers, [](const Answered& each) { return was_received(each.reply.kind); });
}

bool lies_in_junk(const Probe& probe) { return probe.mailbox && in_junk(*probe.mailbox); }

bool lies_outside_junk(const Probe& probe) { return probe.mailbox && !in_junk(*probe.mailbox); }

Judgement without_control(const std::vector<const Probe*>& controls, const std::string& at) {
  return {.verdict = Verdict::inconclusive,
          .summary = controls.empty() ? "There is no control beside it, so that this one tells nothing"
                                      : "The control " + quoted(controls.front()->name, 60) +
                                            " did not arrive, so that this one tells nothing",
          .cause = Cause::no_control,
          .evidence = {at}};
}

}  // namespace mailprobe::evidence
