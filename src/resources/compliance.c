#include <time.h>

#include "base/arena.h"
#include "export/chart.h"
#include "export/svg.h"
#include "handlers.h"
#include "http/problem.h"
#include "operation/answer.h"
#include "operation/operation.h"
#include "operation/reading.h"
#include "operation/table.h"

/* "江苏省科学技术协会　2021　截至2021年5月13日10:05": whose figures these are, and as of when. */
static const char *caption_of(struct exchange *exchange, struct wording *wording, const json_t *compliance)
{
	struct tm local;
	time_t now = time(NULL);
	if (!wording_local(wording, NULL, now, &local))
		gmtime_r(&now, &local);
	return arena_printf(exchange->arena, "%s\u3000%s\u3000截至%d年%d月%d日%d:%02d",
	                    json_string_value(json_object_get(json_object_get(compliance, "within"), "name")),
	                    json_string_value(json_object_get(compliance, "campaign_code")), local.tm_year + 1900,
	                    local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min);
}

static struct reply as_picture(struct exchange *exchange)
{
	json_t *compliance;
	struct problem *problem = reading_json(exchange, &compliance);
	if (problem)
		return problem_reply(exchange, problem);
	struct wording wording;
	problem = table_wording(exchange, LOCALE_ZH_CN,
	                        &wording); /* the picture is Chinese, whatever the language of its problems */
	if (problem)
		return problem_reply(exchange, problem);
	size_t length;
	const char *picture =
		chart_compliance(exchange->arena, &wording, compliance, caption_of(exchange, &wording, compliance), &length);
	return answer_text(exchange, SVG_MEDIA_TYPE, picture, length);
}

/* 报送情况汇总 · Who has handed in what, summed. */
struct reply get_compliance(struct exchange *exchange)
{
	return exchange->format == FORMAT_SVG ? as_picture(exchange) : operation_run(exchange);
}
