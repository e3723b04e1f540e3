"""The fixed words of the forms that people read, in Chinese, by their English; what a rule says stands in the rule's file.

Templates keep their `{placeholders}`. An English text that is not in the table is printed as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Lang = Literal["en", "zh"]

CHINESE: Mapping[str, str] = {
    # a block of the full form
    "error": "错误",
    "warning": "警告",
    "info": "提示",
    "curve": "曲线",
    "found": "实测",
    "why": "原因",
    "do": "建议",
    "see": "出处",
    "explains": "可解释",
    "worst": "最重",
    "sure": "把握",
    "right in about {share:.0%} of such cases": "这类情形中约 {share:.0%} 判断正确",
    "rest": "其余",
    "{first} to {last}": "从 {first} 到 {last}",
    "allowed: below {limit}": "应低于 {limit}",
    "allowed: above {limit}": "应高于 {limit}",
    "{count} more: -v, or loglint rule {name}": "还有 {count} 条：加 -v，或运行 loglint rule {name} --lang zh",
    "{count:,} more: {command}": "还有 {count:,} 个：{command}",
    "in {count:,} of {runs}": "出现在 {runs}中的 {count:,} 个",
    "(attempt {number})": "（第 {number} 次尝试）",
    "@ step {place}": "@ 第 {place} 步",
    "@ epoch {place}": "@ 第 {place} 轮",
    "@ time {place}": "@ 第 {place} 秒",
    "@ record {place}": "@ 第 {place} 条记录",
    "[explains {names}]": "[可解释 {names}]",
    # the end of a report over several runs
    "severity": "级别",
    "runs": "训练",
    "rules": "规则",
    "no finding": "无发现",
    "{names} and {count} more": "{names} 等，另有 {count} 条",
    "Do first:": "先做这几件事：",
    "for {rule} in {runs}, the worst {worst}": "针对 {runs}里的 {rule}，最重的是 {worst}",
    # the closing lines
    "Checked {what} with {rules} in {seconds:.1f} s: {found}.": "用 {rules}检查了 {what}，耗时 {seconds:.1f} 秒：{found}。",
    "nothing found": "没有发现问题",
    "Found sound: {topics}.": "查过且正常：{topics}。",
    "a finite loss throughout": "损失始终是有限的数",
    "no plateau from the start": "没有一开始就停滞",
    "no divergence": "没有发散",
    "no spikes or jumps in level": "没有尖峰和台阶",
    "validation in step with training": "验证与训练步调一致",
    "validation accuracy close to that of training": "验证准确率与训练相近",
    "gradients that neither vanish nor explode": "梯度既不消失也不爆炸",
    "a learning rate that is not lowered too early": "学习率没有过早下降",
    "no dead or saturated layers": "没有死亡或饱和的层",
    "{count:,} info": "{count:,} 条提示",
    "{count:,} in the baseline": "{count:,} 条已在基线中",
    "{count:,} ignored": "{count:,} 条已忽略",
    "{found} ({hidden})": "{found}（另有 {hidden}）",
    "In the baseline and gone: {findings}; `loglint baseline --prune` takes them out.": (
        "基线中有而这次没有出现：{findings}；用 `loglint baseline --prune` 清除。"
    ),
    "Settings from {file}": "配置来自 {file}",
    "Met while reading: {problems}.": "读取时遇到 {problems}。",
    "  and {count:,} more (-v, or --format json)": "  还有 {count:,} 个（加 -v，或用 --format json）",
    "Could not be judged:": "无法判断：",
    "Could not be judged: {clauses}; -v names them.": "无法判断：{clauses}；加 -v 可看是哪些。",
    "{rules} ({reason})": "{rules}（{reason}）",
    "{count} for other reasons": "另有 {count} 条是别的原因",
    "  {reason}{where}: {names}": "  {reason}{where}：{names}",
    " (in {runs})": "（{runs}）",
    "loglint failed: {message}": "loglint 出错：{message}",
    "no training curves were found: nothing was judged": "没有找到任何训练曲线，什么都没有判断",
    "no rule could be judged on any run but the scan for values that are not numbers": (
        "除了扫描非数值以外，没有一条规则能在任何一次训练上作出判断"
    ),
    "No new findings.": "没有新问题。",
    "The run shows no symptom that loglint knows.": "这次训练没有 loglint 认得的症状。",
    "All {count:,} runs show no symptom that loglint knows.": "全部 {count:,} 次训练都没有 loglint 认得的症状。",
    "The run shows no symptom that loglint knows at or above the severity asked for.": (
        "这次训练在所要求的级别上没有 loglint 认得的症状。"
    ),
    "All {count:,} runs show no symptom that loglint knows at or above the severity asked for.": (
        "全部 {count:,} 次训练在所要求的级别上都没有 loglint 认得的症状。"
    ),
    # why a rule could not be judged, by kind
    "absent": "日志里没有所需的量",
    "too_short": "数据点太少",
    "undetectable": "噪声太大，分辨不出",
    "excluded": "不适用于这样的曲线",
    "disabled": "已关闭",
    # markdown
    "## loglint: {findings} in {runs}": "## loglint：{runs}，{findings}",
    "_and {count:,} more, for which a comment has no room: {rules}_": "_还有 {count:,} 个，一条评论放不下：{rules}_",
    "rule": "规则",
    "first remedy": "首先",
    "{count} more: `loglint rule {name}`": "还有 {count} 条：`loglint rule {name} --lang zh`",
    "What was checked": "检查了什么",
    "{name} {value}, allowed below {limit}": "{name} {value}，应低于 {limit}",
    "{name} {value}, allowed above {limit}": "{name} {value}，应高于 {limit}",
    "Why: {why}": "原因：{why}",
    "Explains {names}.": "可解释 {names}。",
    # the page of a rule
    "When it is wrong": "什么时候它说得不对",
    "What is measured": "测量什么",
    "What to do, in this order": "怎么办（按此顺序）",
    "Who says so": "出处",
    "Explains, and takes under it: {codes}": "可解释并归入其下：{codes}",
    "Examples": "示例",
    "({standing})": "（{standing}）",
    "Why it matters": "为什么重要",
    "It says: {message}": "它会说：{message}",
    "What to do": "怎么办",
    "A finding of this rule explains, and takes under it, those of {codes}.": "这条规则可解释 {codes} 的发现，并把它们归入其下。",
    "fires": "触发",
    "silent": "不触发",
    "off unless selected": "选中才启用",
    "preview": "预览",
    "since edition {edition}": "自 {edition} 版起",
    "{severity} when {field} is at least {bound}": "{field} 不小于 {bound} 时为{severity}",
    "{severity} when {field} is at most {bound}": "{field} 不大于 {bound} 时为{severity}",
    "It fires when {conditions}": "触发条件：{conditions}",
    "{field} is at least {bound}": "{field} 不小于 {bound}",
    "{field} is at most {bound}": "{field} 不大于 {bound}",
    "From edition {edition}: {settings}": "自 {edition} 版起：{settings}",
    # the families of rules
    "the start": "训练开头",
    "non-finite and degenerate numbers": "非数值与退化的数值",
    "stability": "稳定性",
    "optimisation": "优化",
    "generalisation": "泛化",
    "data order and batches": "数据顺序与批次",
    "layers": "网络各层",
    "the run as a job": "作为作业的训练",
    "the log itself": "日志本身",
    "across runs": "跨多次训练",
    "the user's own expectations": "用户自己的预期",
}
AXES: Mapping[str, str] = {"step": "步", "epoch": "轮", "time": "秒", "record": "条记录"}
_BY = (("", ""), (" by epoch {place}", "（第 {place} 轮之内）"), (" by step {place}", "（第 {place} 步之内）"))
_KINDS = {"best": "最好为", "final": "最终为", "max": "最大为", "min": "最小为"}
REPORTED: Mapping[str, str] = {  # values of placeholders that are words of ours: what detectors and the gate say
    "lower": "下",
    "upper": "上",
    "the whole improvement": "全部改善",
    "what the best settings have over the others": "最好的设置超出其余设置的量",
    "requires {place}, which is not logged": "要求记录 {place}，但没有记录",
    "{metric} is expected to be judged ({wanted}) and is not logged": "要求判断 {metric}（{wanted}），但没有记录",
    "{axis} falls back from {peak} to {low}, and the training goes on from there": (
        "从第 {peak} {axis}退回到第 {low} {axis}，训练从那里继续"
    ),
    "ignore of {rules} at {path} ({reason}) ran out on {until}": "对 {path} 忽略 {rules}（{reason}）已于 {until} 到期",
    "ignore of {rules} at {path} ({reason}) matches no finding": "对 {path} 忽略 {rules}（{reason}）没有匹配到任何发现",
    **{
        f"{{metric}} {kind} {{value}}, expected {sign} {{bound}}{by}": f"{{metric}} {said} {{value}}，要求 {sign} {{bound}}{within}"
        for by, within in reversed(_BY)
        for kind, said in _KINDS.items()
        for sign in (">=", "<=", ">", "<")
    },
}
REASONS: Mapping[str, str] = {  # the commonest reasons why a rule could not be judged; the rest are told by their kind
    "no learning rate is logged": "没有记录学习率",
    "no loss is logged": "没有记录损失",
    "no {role} is logged": "没有记录 {role}",
    "{found} records, {least} needed": "只有 {found} 条记录，需要 {least} 条",
    "{found} evaluations, {least} needed": "只有 {found} 次评估，需要 {least} 次",
    "the number of classes is not known": "不知道类别数",
    "the job was not resumed": "没有续跑过",
    "it takes several runs": "需要多次训练",
    "the runs have equal settings": "各次训练的设置相同",
    "the runs have no curve in common": "各次训练没有共同的曲线",
    "no two runs have the same settings and the same seed": "没有两次训练的设置和种子都相同",
    "its losses need not fall": "它的损失不必下降",
    "the log begins in the middle of the run": "日志从训练中途开始",
    "the start of the run is not in the log": "日志里没有训练的开头",
}
COUNTED: Mapping[str, str] = {
    "run": "次训练",
    "curve": "条曲线",
    "point": "个点",
    "rule": "条规则",
    "error": "个错误",
    "warning": "个警告",
    "finding": "个发现",
    "problem": "个问题",
}


def say(lang: Lang, words: str, /, **values: object) -> str:
    """Fixed words in a language, their placeholders filled."""
    template = CHINESE.get(words, words) if lang == "zh" else words
    return template.format(**values) if values else template


def unit(lang: Lang, axis: str) -> str:
    """What the places of an axis count: `step`, `record`; `步`."""
    word = "record" if axis == "seq" else axis
    return AXES.get(word, word) if lang == "zh" else word


def joined(words: list[str], lang: Lang = "en") -> str:
    """Words one after another: `a, b`; `a、b`."""
    return ("、" if lang == "zh" else ", ").join(words)
