package layout

import (
	"context"

	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
)

func problemIcon(p httpx.Problem) string {
	switch p.Code {
	case "not_found":
		return "search"
	case "forbidden", "unauthenticated":
		return "lock"
	case "unavailable", "too_many":
		return "clock"
	case "stale":
		return "refresh"
	}
	return "alert-triangle"
}

func toastIcon(f httpx.Flash) string {
	if f.Bad {
		return "alert-triangle"
	}
	return "circle-check"
}

// again is the page to try once more: this one.
func again(ctx context.Context) string { return httpx.SafeNext(From(ctx).Here) }

func otherLang(ctx context.Context) string {
	if i18n.LangOf(ctx) == i18n.EN {
		return string(i18n.ZH)
	}
	return string(i18n.EN)
}
