// What the log says of a session with the receiver, and of a message that it kept: a line each, safe to print.
#pragma once

#include <string>

#include "evidence/document.h"
#include "receiver/evaluator.h"

namespace mailprobe::app {

std::string session_line(const evidence::Session& session);
std::string letter_line(const receiver::Letter& letter);

}  // namespace mailprobe::app
