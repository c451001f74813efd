// Passwords and tokens, read where the configuration says and when they are needed: a command, a file that nobody else
// can read, or a value. Nothing of them is in any error.
#pragma once

#include <string>

#include "base/error.h"
#include "base/task.h"
#include "probe/settings.h"
#include "sasl/credentials.h"

namespace mailprobe::probe {

/// `whose` names the place in messages: "mailbox target". Failure::usage for whatever is wrong.
Task<Result<sasl::Credentials>> read_credentials(std::string whose, std::string user, SecretSource source);

}  // namespace mailprobe::probe
