// What the log says of a session with the receiver, of a message that it kept, of who fetched the traps' policy: a line
// each, safe to print.
#pragma once

#include <string>

#include "evidence/document.h"
#include "receiver/evaluator.h"

namespace mailprobe::app {

std::string session_line(const evidence::Session& session);
/// Of who asked for the MTA-STS policy of our traps.
std::string fetch_line(const evidence::PolicyFetch& fetch);
std::string letter_line(const receiver::Letter& letter);

}  // namespace mailprobe::app
