package pack

import "testing"

// A table never panics: every row is either taken with all columns or named.
func FuzzTable(f *testing.F) {
	for _, s := range []string{"code,name_zh,n\nA,甲,1\n", "\ufeffcode,name_zh\nA,\"甲\n乙\"\n", "code\n", "code,name_zh,n\nA\n", "code,name_zh,n\n\"A,甲,1\n", "code,code,n\nA,B,1\n", ""} {
		f.Add([]byte(s))
	}
	columns := []column{{name: "code", zh: "代码"}, {name: "name_zh", zh: "名称"}, {name: "n", zh: "数", empty: true}}
	f.Fuzz(func(t *testing.T, text []byte) {
		var ps Problems
		for _, r := range readCSV("t.csv", text, columns, &ps) {
			if len(r.values) > len(columns) || r.line < 1 {
				t.Fatalf("%+v", r)
			}
			_ = r.int("n")
		}
		for _, p := range ps {
			if p.Key == "" || p.File != "t.csv" {
				t.Fatalf("a problem says nothing: %+v", p)
			}
		}
	})
}
