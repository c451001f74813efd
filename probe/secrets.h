// Passwords and tokens, read where the configuration says and when they are needed: a command, a file that nobody else
// can read, or a value. Nothing of them is in any error.
#pragma once

#include <string>

#include "base/error.h"
#include "base/task.h"
#include "probe/progress.h"
#include "probe/settings.h"
#include "sasl/credentials.h"

namespace mailprobe::probe {

/// Says that a command is asked, for it may wait for somebody who unlocks a key.
void tell_of_command(const Progress& progress, const std::string& whose, const SecretSource& source);

/// `whose` names the place in messages: "mailbox target". Failure::usage for whatever is wrong.
Task<Result<sasl::Credentials>> read_credentials(std::string whose, std::string user, SecretSource source);

}  // namespace mailprobe::probe
