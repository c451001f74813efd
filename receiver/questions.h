// The questions that our DNS was asked, read from its log and the one that was put aside before it: lines of JSON
// (receiver/query_log.h), or another name server's dnstap. Says what could not be read: what is not found may be there.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "receiver/query_log.h"

namespace mailprobe::receiver {

struct Questions {
  std::vector<SeenQuery> queries;       // in the order of the files
  std::vector<DroppedQueries> dropped;  // those too that were not wanted: nobody knows their names any more
  std::optional<Error> trouble;         // the first: some of it is missing
};

/// Those with that word in their names, any case, which `wanted` takes. A torn line is left out.
Questions questions_with(std::string_view word, const std::filesystem::path& path,
                         const std::function<bool(const SeenQuery& query)>& wanted);

/// Failure::ours: it is not there, or cannot be read.
Result<void> can_be_read(const std::filesystem::path& path);

}  // namespace mailprobe::receiver
