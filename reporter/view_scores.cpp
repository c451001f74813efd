#include "reporter/score_words.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

namespace {

View category_view(const ScoreCategory& category) {
  Views why;
  for (const auto& line : category.why) why.push_back(View().set("text", line.text).set("tone", line.tone));
  return View()
      .set("name", category.name)
      .set("value", category.value)
      .set("stars", category.stars)
      .set("percent", std::to_string(category.percent))
      .set("tone", category.tone)
      .set("why", std::move(why));
}

}  // namespace

void view_scores(View& page, const Page& from) {
  Views profiles;
  for (const auto& profile : score_profiles(from.document)) {
    Views categories;
    for (const auto& category : profile.categories) categories.push_back(category_view(category));
    profiles.push_back(View()
                           .set("title", profile.title)
                           .set("about", profile.about)
                           .set("rules", profile.rules)
                           .set("levels", !profile.rules)
                           .set("categories", std::move(categories)));
  }
  page.set("has_scores", !profiles.empty()).set("profiles", std::move(profiles));
}

}  // namespace mailprobe::reporter
