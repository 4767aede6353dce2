package text

import (
	"strconv"
	"strings"
)

// Yuan reads an amount of yuan with up to two decimals as fen.
func Yuan(s string) (int64, error) {
	yuan, fen, _ := strings.Cut(s, ".")
	if len(fen) > 2 {
		return 0, strconv.ErrSyntax
	}
	y, err := strconv.ParseUint(yuan, 10, 40)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint((fen + "00")[:2], 10, 8)
	return int64(y)*100 + int64(n), err
}
