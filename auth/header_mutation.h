// What happened to header fields on their way, named as in docs/mutations.md. Pure, near-linear.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/dkim_sign.h"
#include "auth/header_block.h"
#include "auth/results.h"

namespace mailprobe::auth {

/// All fields of one name, in both messages. `sent` and `received` are the whole messages: ranges are offsets in them.
std::vector<Mutation> field_mutations(std::string_view name, std::string_view sent,
                                      const std::vector<const HeaderField*>& before, std::string_view received,
                                      const std::vector<const HeaderField*>& now, Canon canon);

}  // namespace mailprobe::auth
