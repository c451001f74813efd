// What a receiver was interrupted before it could evaluate, evaluated where no other process receives: else that one
// does. For `collect`: an answer that was given its 250 is found, whatever ended the run that took it.
#pragma once

#include <filesystem>
#include <functional>

#include "base/error.h"
#include "base/task.h"
#include "dns/resolver.h"
#include "receiver/evaluator.h"

namespace mailprobe::probe {

/// Called for each.
using Told = std::function<void(const receiver::Letter& letter)>;

/// `folder`: receiver/folder.h. An error: the first fault of ours; the rest has been evaluated.
Task<Result<void>> evaluate_unfinished(std::filesystem::path folder, dns::Resolver& resolver, Told told);

}  // namespace mailprobe::probe
