// Whether the target agrees to mail that is wrong on purpose: it publishes a TXT record that names our domain. Looks
// up, and decides nothing about the mail itself. docs/threats.md, Manners.
#pragma once

#include <optional>

#include "base/error.h"
#include "base/task.h"
#include "dns/resolver.h"
#include "evidence/document.h"
#include "probe/settings.h"
#include "scenarios/plan.h"

namespace mailprobe::probe {

constexpr std::string_view consent_label = "_mailprobe";
/// "mailprobe-consent=probe.example.org", at _mailprobe.TARGET.
std::string consent_text(const std::string& own_domain);

/// Nothing where no probe is wrong on purpose, or it is there; then it is noted among the target's policies. Else an
/// error, and nothing may be sent: Failure::usage where it is not there, Failure::connection where nobody knows.
Task<std::optional<Error>> missing_consent(const Settings& settings, const scenarios::Plan& plan,
                                           dns::Resolver& resolver, evidence::Target& into);

}  // namespace mailprobe::probe
