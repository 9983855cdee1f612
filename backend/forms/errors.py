"""The typed refusals of forms: what is wrong with a definition, and what with answers."""

from core.errors import DomainError, NotFound, Then


class FormNotFound(NotFound):
    """There is no such form."""

    code = "forms.not_found"
    zh = "表单不存在。"


class VersionNotFound(NotFound):
    """There is no such version of a form."""

    code = "forms.version_not_found"
    zh = "表单的该版本不存在。"


class CodeTaken(DomainError):
    """Another form has this code."""

    code = "forms.code_taken"
    zh = "该表单代码已被另一表单使用。"
    constraint = "forms_form_code"
    then = Then.CORRECT


class FormArchived(DomainError):
    """This form is archived. Take it into use again first."""

    code = "forms.archived"
    zh = "该表单已归档，请先重新启用。"
    then = Then.REFRESH


class DefinitionInvalid(DomainError):
    """Question {question} is not as forms are defined, at {place}: {reason}"""

    code = "forms.definition_invalid"
    zh = "题目 {question} 的定义有误，位置 {place}：{reason}"
    status = 422


class QuestionRepeated(DomainError):
    """Two questions, or two measures of one question, have the id {question}."""

    code = "forms.question_repeated"
    zh = "题目（或同一题的指标）编号 {question} 重复。"
    status = 422


class ChoiceRepeated(DomainError):
    """Question {question} has the choice {choice} twice."""

    code = "forms.choice_repeated"
    zh = "题目 {question} 的选项 {choice} 重复。"
    status = 422


class RangeEmpty(DomainError):
    """Nothing fits question {question}: its least value {least} is above its greatest {greatest}."""

    code = "forms.range_empty"
    zh = "题目 {question} 的最小值 {least} 大于最大值 {greatest}，无法作答。"
    status = 422


class ScoreUnfit(DomainError):
    """Question {question} has points for {choice}, which is no choice of it."""

    code = "forms.score_unfit"
    zh = "题目 {question} 给 {choice} 设了分值，但它不是该题的选项。"
    status = 422


class PointsMissing(DomainError):
    """Question {question} counts in the score, but no answer to it has points."""

    code = "forms.points_missing"
    zh = "题目 {question} 计入得分，但没有任何回答有分值。"
    status = 422


class ConditionUnknown(DomainError):
    """The condition of question {question} asks for {other}, which is no question before it."""

    code = "forms.condition_unknown"
    zh = "题目 {question} 的显示条件引用了 {other}，但它之前没有这道题。"
    status = 422


class ConditionUnfit(DomainError):
    """The condition of question {question} compares {other} in a way that this sort of question does not allow."""

    code = "forms.condition_unfit"
    zh = "题目 {question} 的显示条件对 {other} 的比较方式不适用于该题型。"
    status = 422


class QuestionTypeChanged(DomainError):
    """Question {question} was of type {before} in an earlier version. Give the new one another id."""

    code = "forms.question_type_changed"
    zh = "题目 {question} 在早期版本中的类型为 {before}，请为新题使用其他编号。"
    status = 422


class AnswerUnknown(DomainError):
    """The form has no {question}."""

    code = "forms.answer_unknown"
    zh = "表单中没有 {question}。"
    status = 422


class AnswerUnfit(DomainError):
    """The answer to {question} is not of the type {expected}."""

    code = "forms.answer_unfit"
    zh = "{question} 的回答类型不正确，应为 {expected}。"
    status = 422


class AnswerOutOfRange(DomainError):
    """The answer to {question} lies beyond what it allows: {least} to {greatest}."""

    code = "forms.answer_out_of_range"
    zh = "{question} 的回答超出允许范围：{least} 至 {greatest}。"
    status = 422


class AnswerNotAChoice(DomainError):
    """{choice} is no choice of {question}."""

    code = "forms.answer_not_a_choice"
    zh = "{choice} 不是 {question} 的选项。"
    status = 422


class AnswerProductUnknown(DomainError):
    """{product_id} is no product that {question} asks about."""

    code = "forms.answer_product_unknown"
    zh = "{question} 未涉及产品 {product_id}。"
    status = 422
